/**
 * The one thread that owns what the agent knows. Sources tell it by commands; it compiles, plans
 * and applies, and publishes a view of what it did that anybody may read.
 *
 * <p>What is decided depends on the current state alone, never on how it came about: {@link
 * io.merlon.agent.loop.LinkState} and {@link io.merlon.agent.loop.Desired} are values and
 * functions. Only {@link io.merlon.agent.loop.Enforcer} touches the datapath.
 */
package io.merlon.agent.loop;
