package io.merlon.datapath.harness;

/** The node-wide switches. */
public record Settings(
    boolean verifySource, boolean allowOtherEthertypes, boolean allowUnknownEndpoints) {
  public static final Settings DEFAULT = new Settings(true, false, false);

  public Settings withVerifySource(boolean on) {
    return new Settings(on, allowOtherEthertypes, allowUnknownEndpoints);
  }

  public Settings withOtherEthertypes(boolean allowed) {
    return new Settings(verifySource, allowed, allowUnknownEndpoints);
  }

  public Settings withUnknownEndpoints(boolean allowed) {
    return new Settings(verifySource, allowOtherEthertypes, allowed);
  }
}
