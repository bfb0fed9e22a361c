package io.merlon.datapath;

import java.nio.ByteBuffer;

/**
 * A fragmented datagram at one hook: a key of maps {@code fragments4} and {@code fragments6}.
 *
 * @param protocol 0 in IPv6
 */
public record FragmentKey(
    int ifindex, IpAddress source, IpAddress destination, int id, int protocol, boolean egress) {
  public static final Struct<FragmentKey> V4 =
      new Struct<>("fragment4_key", 24, FragmentKey::write, in -> read(in, false));
  public static final Struct<FragmentKey> V6 =
      new Struct<>("fragment6_key", 48, FragmentKey::write, in -> read(in, true));

  private void write(ByteBuffer out) {
    out.putInt(ifindex);
    source.write(out);
    destination.write(out);
    out.putInt(id).putInt(protocol).putInt(egress ? 1 : 0);
  }

  private static FragmentKey read(ByteBuffer in, boolean v6) {
    int ifindex = in.getInt();
    IpAddress source = v6 ? IpAddress.read6(in) : IpAddress.read4(in);
    IpAddress destination = v6 ? IpAddress.read6(in) : IpAddress.read4(in);
    return new FragmentKey(
        ifindex, source, destination, in.getInt(), in.getInt(), in.getInt() != 0);
  }
}
