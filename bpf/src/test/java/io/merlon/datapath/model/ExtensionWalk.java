package io.merlon.datapath.model;

import static io.merlon.datapath.harness.Code.EXTENSION_CHAIN;
import static io.merlon.datapath.harness.Code.ROUTING_HEADER;
import static io.merlon.datapath.harness.Code.TRUNCATED;
import static io.merlon.datapath.model.MalformedException.require;

import io.merlon.datapath.model.Datagram.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * Where an IPv6 extension chain ends: at the first header that is none, or at the fragment header
 * of a later fragment, whose bytes beyond it are the middle of something.
 */
record ExtensionWalk(int protocol, @Nullable Fragment fragment, Slice rest) {
  private static final int LIMIT = 8;

  static ExtensionWalk over(int first, Slice chain) throws MalformedException {
    int next = first;
    Slice rest = chain;
    Fragment fragment = null;
    boolean fragmentSeen = false;
    for (int walked = 0; Protocol.isExtension(next); walked++) {
      require(walked < LIMIT, EXTENSION_CHAIN);
      int length = length(next, rest);
      if (next == Protocol.ROUTING) {
        require(rest.u8(3) == 0, ROUTING_HEADER);
      }
      require(next == Protocol.FRAGMENT || fragment == null, EXTENSION_CHAIN);
      if (next == Protocol.FRAGMENT) {
        require(!fragmentSeen, EXTENSION_CHAIN);
        fragmentSeen = true;
        int field = rest.u16(2);
        if (field >> 3 != 0 || (field & 1) != 0) {
          fragment = new Fragment(rest.i32(4), rest.u8(0), field >> 3);
        }
      }
      next = rest.u8(0);
      rest = rest.after(length);
      if (fragment != null && !fragment.isFirst()) {
        break;
      }
    }
    return new ExtensionWalk(next, fragment, rest);
  }

  /** The length of the header at the beginning, all of which must be there. */
  private static int length(int number, Slice rest) throws MalformedException {
    require(rest.length() >= 8, TRUNCATED);
    int length =
        switch (number) {
          case Protocol.FRAGMENT -> 8;
          case Protocol.AUTHENTICATION -> (rest.u8(1) + 2) * 4;
          default -> (rest.u8(1) + 1) * 8;
        };
    require(rest.length() >= length, TRUNCATED);
    return length;
  }
}
