package io.merlon.agent.observe;

/**
 * What became of the events.
 *
 * @param read from the kernel
 * @param untold there were too many at a time to tell of each
 * @param sampledOut allowed flows left out on purpose
 * @param unsent flows a sink could not take
 * @param missed flows that followers did not read in time, each counted for each of them
 */
public record EventTally(long read, long untold, long sampledOut, long unsent, long missed) {
  public static final EventTally NOTHING = new EventTally(0, 0, 0, 0, 0);
}
