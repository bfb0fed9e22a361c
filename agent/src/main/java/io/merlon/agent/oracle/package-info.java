/**
 * The proof of the policy engine: a second, slow and simple reading of the semantics. The tests
 * have worlds to try both readings on; a running node is verified by it.
 *
 * <p>{@link io.merlon.agent.oracle.Oracle} judges one connection by nested loops over the raw
 * objects, so that it can be held beside the specification line by line; the numbers in its
 * comments (NP-7, Tiers 3) are the specification's. It shares no class with the engine it judges
 * except the plain values of {@code api}. Everything that asks a question does so through {@link
 * io.merlon.agent.oracle.PolicyEngine}, so that each case runs against both.
 */
package io.merlon.agent.oracle;
