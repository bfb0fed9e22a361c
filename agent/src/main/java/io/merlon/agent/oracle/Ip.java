package io.merlon.agent.oracle;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An address: 128 bits of IPv6, or 32 bits of IPv4 in the low half. */
public record Ip(Family family, long high, long low) implements Comparable<Ip> {
  private static final Pattern FOUR_NUMBERS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  public enum Family {
    V4(32),
    V6(128);

    final int bits;

    Family(int bits) {
      this.bits = bits;
    }
  }

  /** Null where the text is not an address in full. */
  public static @Nullable Ip parse(String text) {
    try {
      if (FOUR_NUMBERS.matcher(text).matches()) {
        return of(Inet4Address.ofLiteral(text).getAddress());
      }
      if (!text.contains(":") || text.contains("%")) {
        return null;
      }
      // An IPv4 address in the notation of IPv6 comes back as four bytes: some readers take it for
      // the one family, some for the other, so it is no address.
      byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
      return bytes.length == 16 ? of(bytes) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** An address that the writer knows to be one. */
  public static Ip of(String text) {
    Ip ip = parse(text);
    if (ip == null) {
      throw new IllegalArgumentException("not an address: " + text);
    }
    return ip;
  }

  private static Ip of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? new Ip(Family.V4, 0, buffer.getInt() & 0xffff_ffffL)
        : new Ip(Family.V6, buffer.getLong(), buffer.getLong());
  }

  boolean loopback() {
    return family == Family.V4 ? low >>> 24 == 127 : high == 0 && low == 1;
  }

  /** Whether a packet on a pod's interface can carry it as one host's address. */
  public boolean ordinary() {
    return !loopback()
        && (family == Family.V4
            ? low >>> 24 != 0 && low >>> 28 < 0xe
            : high >>> 56 != 0xff && high >>> 54 != 0x3fa && high != 0);
  }

  /** How many leading bits both addresses share; they must be of one family. */
  int commonBits(Ip other) {
    if (family == Family.V4) {
      return Integer.numberOfLeadingZeros((int) (low ^ other.low));
    }
    return high == other.high
        ? 64 + Long.numberOfLeadingZeros(low ^ other.low)
        : Long.numberOfLeadingZeros(high ^ other.high);
  }

  /** The address with the bit at {@code index} turned over; index 0 is the first. */
  Ip flip(int index) {
    int fromEnd = family.bits - 1 - index;
    return fromEnd < 64
        ? new Ip(family, high, low ^ (1L << fromEnd))
        : new Ip(family, high ^ (1L << (fromEnd - 64)), low);
  }

  /** The first or last address that shares the leading {@code bits}. */
  public Ip edge(int bits, boolean last) {
    Ip edge = this;
    for (int i = bits; i < family.bits; i++) {
      if (edge.bit(i) != last) {
        edge = edge.flip(i);
      }
    }
    return edge;
  }

  private boolean bit(int index) {
    int fromEnd = family.bits - 1 - index;
    return ((fromEnd < 64 ? low >>> fromEnd : high >>> (fromEnd - 64)) & 1) == 1;
  }

  /** The neighbour one above or below; wraps around at the ends of the low half. */
  public Ip plus(long step) {
    long sum = low + step;
    return new Ip(family, high, family == Family.V4 ? sum & 0xffff_ffffL : sum);
  }

  @Override
  public int compareTo(Ip other) {
    int byFamily = family.compareTo(other.family);
    int byHigh = Long.compareUnsigned(high, other.high);
    return byFamily != 0 ? byFamily : byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    byte[] bytes =
        family == Family.V4
            ? ByteBuffer.allocate(4).putInt((int) low).array()
            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("bad address length", e);
    }
  }
}
