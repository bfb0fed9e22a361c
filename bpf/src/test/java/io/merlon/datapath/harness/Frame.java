package io.merlon.datapath.harness;

import java.util.HexFormat;

/**
 * A frame as a hook sees it: its bytes from the Ethernet header on, and what the kernel keeps
 * beside them.
 */
@SuppressWarnings("ArrayRecordComponent") // frames are compared by nobody
public record Frame(byte[] bytes, int gsoSize, int gsoSegments, int mark) {

  public static Frame of(byte[] bytes) {
    return new Frame(bytes, 0, 0, 0);
  }

  /** A super-frame that the stack has yet to cut into this many packets. */
  public Frame segmented(int size, int segments) {
    return new Frame(bytes, size, segments, mark);
  }

  /** Marked by the source pod's program: tc_index. */
  public Frame marked(int tcIndex) {
    return new Frame(bytes, gsoSize, gsoSegments, tcIndex);
  }

  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }
}
