/**
 * From what the kernel holds to what it should hold, one small step after the other.
 *
 * <p>A {@link io.merlon.agent.plan.Plan} is data: {@link io.merlon.agent.plan.Planner} makes it out
 * of two states, whoever owns the kernel executes it, a dry run prints it. At every moment between
 * two steps each connection gets the old verdict or the new one. Nothing here does I/O or reads a
 * clock.
 */
package io.merlon.agent.plan;
