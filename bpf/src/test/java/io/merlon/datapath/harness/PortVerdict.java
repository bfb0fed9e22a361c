package io.merlon.datapath.harness;

/**
 * From this port on, up to the next one's: the verdict, and the decision it is counted to.
 *
 * @param reason what a denial is told with
 */
public record PortVerdict(int start, boolean allow, Code reason, int decision) {
  public PortVerdict(int start, boolean allow, int decision) {
    this(start, allow, Code.POLICY, decision);
  }

  PortVerdict from(int other) {
    return new PortVerdict(other, allow, reason, decision);
  }

  @Override
  public String toString() {
    String verdict = allow ? "allow" : reason == Code.POLICY ? "deny" : reason.name();
    return start + "-" + verdict + "#" + decision;
  }
}
