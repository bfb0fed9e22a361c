package io.merlon.it;

/** How large a scenario is: short in every test run, long with {@code -Dmerlon.soak=true}. */
final class Sizes {
  private static final boolean SOAK = Boolean.getBoolean("merlon.soak");

  private Sizes() {}

  static int pick(int brief, int soak) {
    return SOAK ? soak : brief;
  }
}
