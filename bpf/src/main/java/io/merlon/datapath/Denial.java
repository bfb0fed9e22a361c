package io.merlon.datapath;

import java.nio.ByteBuffer;

/**
 * What a processor remembers of a denied flow, a record of map {@code denials}: how many packets
 * were denied since it told of one. That number is final when the interval of denials is over, and
 * stays there until the kernel tells it.
 *
 * @param hash of the flow, by which events name the record; see {@link #told}
 * @param stamp when it was told last, in jiffies, their low half
 * @param event the first of what is suppressed, in its bytes; nobody else reads them
 */
public record Denial(int hash, int stamp, int suppressed, ByteBuffer event) {
  /** Of {@code struct denial}. */
  public static final int SIZE = 96;

  static final int HASH = 0;
  static final int STAMP = 4;
  static final int SUPPRESSED = 8;
  static final int EVENT = 16;

  /** Where an event says which record told it. */
  static final int TOLD = 76;

  static Denial at(ByteBuffer in, int offset) {
    return new Denial(
        in.getInt(offset + HASH),
        in.getInt(offset + STAMP),
        in.getInt(offset + SUPPRESSED),
        in.slice(offset + EVENT, Event.CODEC.size()).order(in.order()));
  }

  /** The hash of the record that told an event. */
  public static int told(ByteBuffer event) {
    return event.getInt(event.position() + TOLD);
  }

  /** Whether the event is the record's, and not what is left of another flow's. */
  public boolean isWhole() {
    return told(event) == hash;
  }
}
