package io.merlon.datapath.harness;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A frame as a hook sees it: its bytes from the Ethernet header on, and what the kernel keeps
 * beside them.
 *
 * @param linear how much of it is linear, 0 for all
 */
@SuppressWarnings("ArrayRecordComponent") // frames are compared by nobody
public record Frame(byte[] bytes, int gsoSize, int gsoSegments, int mark, int linear) {

  private static final int SCATTERED = 4200;

  public static Frame of(byte[] bytes) {
    return new Frame(bytes, 0, 0, 0, 0);
  }

  /** A super-frame that the stack has yet to cut into this many packets. */
  public Frame segmented(int size, int segments) {
    return new Frame(bytes, size, segments, mark, linear);
  }

  /** Marked by the source pod's program: tc_index. */
  public Frame marked(int tcIndex) {
    return new Frame(bytes, gsoSize, gsoSegments, tcIndex, linear);
  }

  /**
   * Of which so many bytes are where a program can read them, the others in pages: the kernel makes
   * such of frames longer than one.
   */
  public Frame scattered(int readable) {
    byte[] longer = Arrays.copyOf(bytes, Math.max(bytes.length, SCATTERED));
    return new Frame(longer, 0, 0, mark, readable);
  }

  public boolean isScattered() {
    return linear > 0;
  }

  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }
}
