package io.merlon.agent.program;

/**
 * What is held, and what that cost.
 *
 * @param names of interfaces from and to which nothing is forwarded
 * @param from packets dropped that came from one
 * @param to packets dropped that went to one
 */
public record Holding(int names, long from, long to) {
  public static final Holding NOTHING = new Holding(0, 0, 0);
}
