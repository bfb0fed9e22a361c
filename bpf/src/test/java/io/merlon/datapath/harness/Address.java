package io.merlon.datapath.harness;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** An IP address as a number: the upper and the lower half of 128 bits, IPv4 in the lowest 32. */
public record Address(Family family, long high, long low) implements Comparable<Address> {

  /** Parses a literal of either family; names are never resolved. */
  public static Address of(String literal) {
    return of(InetAddress.ofLiteral(literal).getAddress(), 0, literal.contains(":"));
  }

  /** Reads an address as it stands on the wire. */
  public static Address of(byte[] wire, int at, Family family) {
    return of(wire, at, family == Family.V6);
  }

  private static Address of(byte[] wire, int at, boolean six) {
    ByteBuffer buffer = ByteBuffer.wrap(wire);
    return six
        ? new Address(Family.V6, buffer.getLong(at), buffer.getLong(at + 8))
        : new Address(Family.V4, 0, Integer.toUnsignedLong(buffer.getInt(at)));
  }

  /** The bytes on the wire. */
  public byte[] wire() {
    return family == Family.V6
        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
        : ByteBuffer.allocate(4).putInt((int) low).array();
  }

  /** The address this many further on. */
  public Address plus(int steps) {
    return new Address(family, high, low + steps);
  }

  /** The first bits kept, the rest zero. */
  public Address masked(int bits) {
    if (family == Family.V4) {
      return new Address(family, 0, low & upper(bits + 32));
    }
    return new Address(family, high & upper(bits), low & upper(bits - 64));
  }

  private static long upper(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= 64 ? -1L : -1L << (64 - bits);
  }

  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /** fe80::/10. */
  public boolean isLinkLocal() {
    return family == Family.V6 && high >>> 54 == 0xfe80L >>> 6;
  }

  /** ff00::/8. */
  public boolean isMulticast6() {
    return family == Family.V6 && high >>> 56 == 0xff;
  }

  @Override
  public int compareTo(Address other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(wire()).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address of wrong length", e);
    }
  }
}
