package io.merlon.datapath;

/** What let a datagram's first fragment pass, under which epoch. */
public record Fragment(int slot, int stamp, int epoch, int protocol) {
  public static final Struct<Fragment> CODEC =
      new Struct<>(
          "fragment",
          16,
          (f, out) -> out.putInt(f.slot).putInt(f.stamp).putInt(f.epoch).putInt(f.protocol),
          in -> new Fragment(in.getInt(), in.getInt(), in.getInt(), in.getInt()));
}
