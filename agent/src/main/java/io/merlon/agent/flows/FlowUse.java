package io.merlon.agent.flows;

/**
 * How much of the kernel's tables of flows and fragments is of use still, and how much fits. What
 * is over stays there until its room is needed, so nothing is said of that.
 */
public record FlowUse(Of flows4, Of flows6, Of fragments4, Of fragments6) {
  /**
   * One table.
   *
   * @param living entries that are not over
   * @param room for how many there is
   */
  public record Of(long living, long room) {}
}
