package io.merlon.agent.oracle;

/**
 * What each side of a connection says.
 *
 * @param egress whether the source's side lets it out
 * @param ingress whether the destination's side lets it in
 */
public record Verdicts(boolean egress, boolean ingress) {
  /** Both sides must agree (NP-3). */
  public boolean allowed() {
    return egress && ingress;
  }

  @Override
  public String toString() {
    return "egress " + word(egress) + ", ingress " + word(ingress);
  }

  private static String word(boolean allowed) {
    return allowed ? "allowed" : "denied";
  }
}
