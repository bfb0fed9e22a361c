package io.merlon.datapath.harness;

import java.util.Arrays;

/** Why a packet was judged without a verdict table; the numbers are part of the ABI. */
public enum Code {
  POLICY(1),
  REVOKED(2),
  UNKNOWN_ENDPOINT(3),
  ETHERTYPE(4),
  TRUNCATED(5),
  BAD_HEADER(6),
  EXTENSION_CHAIN(7),
  ROUTING_HEADER(8),
  FRAGMENT_UNKNOWN(9),
  FRAGMENT_OVERLAP(10),
  SPOOFED(11),
  NO_TABLE(12),
  METADATA_GUARD(13),
  NODE(16),
  SELF(17),
  DEFERRED(18);

  private final int number;

  Code(int number) {
    this.number = number;
  }

  public static Code of(int number) {
    return Arrays.stream(values())
        .filter(each -> each.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("code " + number));
  }

  public int number() {
    return number;
  }

  /** Whether it lets the packet through. */
  public boolean isPassage() {
    return number >= NODE.number;
  }
}
