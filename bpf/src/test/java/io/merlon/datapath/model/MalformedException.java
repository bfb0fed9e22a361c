package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;

/** Ends the reading of a packet. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Code reason;

  MalformedException(Code reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  Code reason() {
    return reason;
  }

  /** Says the reason unless the condition holds. */
  static void require(boolean condition, Code reason) throws MalformedException {
    if (!condition) {
      throw new MalformedException(reason);
    }
  }
}
