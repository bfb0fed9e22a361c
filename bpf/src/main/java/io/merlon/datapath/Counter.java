package io.merlon.datapath;

/** Packets and bytes of one counter. */
public record Counter(long packets, long bytes) {
  public static final Counter ZERO = new Counter(0, 0);

  public static final Struct<Counter> CODEC =
      new Struct<>(
          "counter",
          16,
          (c, out) -> out.putLong(c.packets).putLong(c.bytes),
          in -> new Counter(in.getLong(), in.getLong()));

  public Counter plus(Counter other) {
    return new Counter(packets + other.packets, bytes + other.bytes);
  }
}
