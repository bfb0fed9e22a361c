package io.merlon.datapath;

import java.nio.ByteBuffer;

/** A virtual address and port: a key of maps {@code services4} and {@code services6}. */
public record ServiceKey(IpAddress address, int port, int protocol) {
  public static final Struct<ServiceKey> V4 =
      new Struct<>("service4_key", 8, ServiceKey::write, in -> read(IpAddress.read4(in), in));
  public static final Struct<ServiceKey> V6 =
      new Struct<>("service6_key", 20, ServiceKey::write, in -> read(IpAddress.read6(in), in));

  private void write(ByteBuffer out) {
    address.write(out);
    Wire.putPort(out, port);
    out.putShort((short) protocol);
  }

  private static ServiceKey read(IpAddress address, ByteBuffer in) {
    return new ServiceKey(address, Wire.port(in), Wire.u16(in));
  }
}
