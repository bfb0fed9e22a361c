package io.merlon.datapath;

import java.nio.ByteBuffer;

/** A flow, seen from the pod at one interface: a key of maps {@code flows4} and {@code flows6}. */
public record FlowKey(
    int ifindex, IpAddress pod, IpAddress peer, int podPort, int peerPort, int protocol) {
  public static final Struct<FlowKey> V4 =
      new Struct<>("flow4_key", 20, FlowKey::write, in -> read(in, false));
  public static final Struct<FlowKey> V6 =
      new Struct<>("flow6_key", 44, FlowKey::write, in -> read(in, true));

  private void write(ByteBuffer out) {
    out.putInt(ifindex);
    pod.write(out);
    peer.write(out);
    Wire.putPort(out, podPort);
    Wire.putPort(out, peerPort);
    out.putInt(protocol);
  }

  private static FlowKey read(ByteBuffer in, boolean v6) {
    int ifindex = in.getInt();
    IpAddress pod = v6 ? IpAddress.read6(in) : IpAddress.read4(in);
    IpAddress peer = v6 ? IpAddress.read6(in) : IpAddress.read4(in);
    return new FlowKey(ifindex, pod, peer, Wire.port(in), Wire.port(in), in.getInt());
  }
}
