/**
 * Policies and the state of the cluster in, verdict tables out.
 *
 * <p>{@link io.merlon.agent.compile.CompiledPolicy} is all a node needs to judge its pods'
 * connections: an address leads to a peer class, and a pod's {@link
 * io.merlon.agent.compile.VerdictTable} leads from class, direction, protocol and port to a {@link
 * io.merlon.agent.compile.Decision}. {@link io.merlon.agent.compile.PolicyLookup} is what the
 * kernel does with it, in Java. Nothing here reads a clock, does I/O or logs, and the same objects
 * give the same result whatever order they come in.
 */
package io.merlon.agent.compile;
