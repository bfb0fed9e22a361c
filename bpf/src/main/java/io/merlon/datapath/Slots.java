package io.merlon.datapath;

/** Which counter counts what, within the block of counters that a subject has. */
public final class Slots {
  public static final int MODES = 3;
  public static final int CODES = 32;

  /** What a packet can pass by besides a table's decision: {@code enum passage}. */
  public static final int NODE = 16;

  public static final int SELF = 17;
  public static final int DEFERRED = 18;

  /** The first slot of a table's decisions. */
  public static final int DECISIONS = MODES * 2 * CODES;

  private Slots() {}

  /** Counters a subject needs whose table has so many decisions. */
  public static int block(int decisions) {
    return DECISIONS + decisions * MODES;
  }

  /** The offset of a reason's or passage's counter. */
  public static int code(Mode mode, boolean egress, int code) {
    return (mode.code() * 2 + (egress ? 1 : 0)) * CODES + code;
  }

  /** The offset of a decision's counter. */
  public static int decision(int decision, Mode mode) {
    return DECISIONS + decision * MODES + mode.code();
  }
}
