/**
 * The policy language, as plain values.
 *
 * <p>Every API is translated into {@link io.merlon.agent.policy.Policy}: a subject, and per
 * direction an ordered list of rules with an action. What a user wrote wrongly is settled here, in
 * the narrow direction, and reported as a {@link io.merlon.agent.policy.CompileProblem}; nothing
 * after this package can tell which API a rule came from, except by its {@link
 * io.merlon.agent.policy.RuleRef}.
 */
package io.merlon.agent.policy;
