package io.merlon.datapath;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** An address as its bytes: an IPv4 one is the low 32 bits of {@code low}. */
public record IpAddress(boolean v6, long high, long low) {
  public static IpAddress v4(int bits) {
    return new IpAddress(false, 0, bits & 0xffffffffL);
  }

  public static IpAddress v6(long high, long low) {
    return new IpAddress(true, high, low);
  }

  /** From 4 or 16 bytes in network order. */
  public static IpAddress of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4 ? v4(buffer.getInt()) : v6(buffer.getLong(), buffer.getLong());
  }

  /** From a literal; names are not resolved. */
  public static IpAddress of(String literal) {
    return of(InetAddress.ofLiteral(literal).getAddress());
  }

  public int family() {
    return v6 ? 6 : 4;
  }

  public byte[] bytes() {
    ByteBuffer buffer = ByteBuffer.allocate(v6 ? 16 : 4);
    return v6 ? buffer.putLong(high).putLong(low).array() : buffer.putInt((int) low).array();
  }

  /** Writes the bytes in network order, 4 or 16 of them, into a buffer of either order. */
  void write(ByteBuffer out) {
    if (v6) {
      out.putLong(Wire.big(high)).putLong(Wire.big(low));
    } else {
      out.putInt(Wire.big((int) low));
    }
  }

  static IpAddress read4(ByteBuffer in) {
    return v4(Wire.big(in.getInt()));
  }

  static IpAddress read6(ByteBuffer in) {
    return v6(Wire.big(in.getLong()), Wire.big(in.getLong()));
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(bytes()).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
