package io.merlon.datapath.model;

/** RFC 791: options may list where else a packet is to go before it has arrived. */
final class SourceRoute {
  private static final int END = 0;
  private static final int NOTHING = 1;
  private static final int LOOSE = 131;
  private static final int STRICT = 137;

  private SourceRoute() {}

  /** Whether one of the options is a source route with stops ahead. */
  static boolean isIn(Slice options) {
    Slice rest = options;
    // What is shorter has no pointer, hence no stops.
    while (rest.length() >= 3 && rest.u8(0) != END) {
      boolean nothing = rest.u8(0) == NOTHING;
      int length = nothing ? 1 : rest.u8(1);
      if (length == 0 || length > rest.length()) {
        return false;
      }
      if (!nothing && isRoute(rest.u8(0)) && rest.u8(2) <= length) {
        return true;
      }
      rest = rest.after(length);
    }
    return false;
  }

  private static boolean isRoute(int kind) {
    return kind == LOOSE || kind == STRICT;
  }
}
