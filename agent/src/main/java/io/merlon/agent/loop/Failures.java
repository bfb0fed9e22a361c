package io.merlon.agent.loop;

import io.merlon.bpf.BpfException;
import io.merlon.netlink.NetlinkException;
import org.jspecify.annotations.Nullable;

/** What the kernel refused during one attempt: what does not depend on it goes on. */
final class Failures {
  private @Nullable String first;

  /** Does something; whether it was done. */
  boolean survive(Runnable work) {
    try {
      work.run();
      return true;
    } catch (BpfException | NetlinkException failure) {
      if (first == null) {
        first = String.valueOf(failure.getMessage());
      }
      return false;
    }
  }

  boolean any() {
    return first != null;
  }

  String first() {
    return first == null ? "" : first;
  }
}
