package io.merlon.datapath.harness;

/** From this port on, up to the next one's: the verdict, and the decision it is counted to. */
public record PortVerdict(int start, boolean allow, int decision) {
  @Override
  public String toString() {
    return start + "-" + (allow ? "allow" : "deny") + "#" + decision;
  }
}
