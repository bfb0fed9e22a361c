package io.merlon.agent.identity;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** An IP address. An IPv4 address never equals an IPv6 one (semantics NP-15). */
public sealed interface Address extends Comparable<Address> {
  /** The family's order, then the numeric one. */
  Comparator<Address> ORDER =
      Comparator.comparingInt(Address::bits)
          .thenComparing(Address::high, Long::compareUnsigned)
          .thenComparing(Address::low, Long::compareUnsigned);

  /** How long an address of this family is, in bits. */
  int bits();

  /** The upper 64 bits; 0 for IPv4. */
  long high();

  /** The lower 64 bits; the whole address, unsigned, for IPv4. */
  long low();

  /** This address with all but the first {@code length} bits cleared. */
  Address masked(int length);

  default boolean isV6() {
    return bits() == 128;
  }

  @Override
  default int compareTo(Address other) {
    return ORDER.compare(this, other);
  }

  /** The address written in {@code text}, or null if that is not exactly one address. */
  static @Nullable Address parse(String text) {
    return AddressText.parse(text);
  }

  /** The address written in {@code text}, which must be one. */
  static Address of(String text) {
    Address address = parse(text);
    if (address == null) {
      throw new IllegalArgumentException("not an ip address: " + text);
    }
    return address;
  }

  /** An IPv4 address in host order. */
  record V4(int value) implements Address {
    @Override
    public int bits() {
      return 32;
    }

    @Override
    public long high() {
      return 0;
    }

    @Override
    public long low() {
      return Integer.toUnsignedLong(value);
    }

    @Override
    public Address masked(int length) {
      return new V4(length == 0 ? 0 : value & -1 << (32 - length));
    }

    @Override
    public String toString() {
      return AddressText.format(this);
    }
  }

  /** An IPv6 address in host order. */
  record V6(long high, long low) implements Address {
    @Override
    public int bits() {
      return 128;
    }

    @Override
    public Address masked(int length) {
      long upper = length == 0 ? 0 : high & -1L << Math.max(0, 64 - length);
      long lower = length <= 64 ? 0 : low & -1L << (128 - length);
      return new V6(upper, lower);
    }

    @Override
    public int hashCode() {
      // Pods of one node differ in few low bits: spread them over the word.
      long mixed = (high * 0x9E3779B97F4A7C15L + low) * 0x9E3779B97F4A7C15L;
      return (int) (mixed >>> 32);
    }

    @Override
    public String toString() {
      return AddressText.format(this);
    }
  }
}
