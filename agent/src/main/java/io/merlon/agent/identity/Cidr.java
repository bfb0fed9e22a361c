package io.merlon.agent.identity;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A block of addresses. Host bits are masked (semantics NP-14). */
public record Cidr(Address base, int length) implements Comparable<Cidr> {
  private static final Comparator<Cidr> ORDER =
      Comparator.comparing(Cidr::base).thenComparingInt(Cidr::length);

  public Cidr {
    if (length < 0 || length > base.bits()) {
      throw new IllegalArgumentException("prefix length out of range: " + length);
    }
    base = base.masked(length);
  }

  /** The block written in {@code text}, or null if that is not exactly one block. */
  public static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return null;
    }
    Address base = Address.parse(text.substring(0, slash));
    int length = length(text.substring(slash + 1));
    return base == null || length < 0 || length > base.bits() ? null : new Cidr(base, length);
  }

  /** The block written in {@code text}, which must be one. */
  public static Cidr of(String text) {
    Cidr cidr = parse(text);
    if (cidr == null) {
      throw new IllegalArgumentException("not a cidr: " + text);
    }
    return cidr;
  }

  private static int length(String digits) {
    if (digits.isEmpty()
        || digits.length() > 3
        || (digits.length() > 1 && digits.startsWith("0"))) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  public boolean contains(Address address) {
    return address.bits() == base.bits() && address.masked(length).equals(base);
  }

  public boolean contains(Cidr other) {
    return other.length >= length && contains(other.base);
  }

  @Override
  public int compareTo(Cidr other) {
    return ORDER.compare(this, other);
  }

  @Override
  public int hashCode() {
    return base.hashCode() * 31 + length * 0x61C88647;
  }

  @Override
  public String toString() {
    return base + "/" + length;
  }
}
