package io.merlon.datapath;

/** What became of a datagram's first fragment. */
public record Fragment(int slot, int stamp, boolean drop) {
  public static final Struct<Fragment> CODEC =
      new Struct<>(
          "fragment",
          12,
          (f, out) -> out.putInt(f.slot).putInt(f.stamp).putInt(f.drop ? 1 : 0),
          in -> new Fragment(in.getInt(), in.getInt(), in.getInt() != 0));
}
