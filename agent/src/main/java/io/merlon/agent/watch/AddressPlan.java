package io.merlon.agent.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * Gives addresses to what a folder leaves without: one of each family, from a range of its own.
 *
 * <p>An address follows from the object's namespace and name alone. Only where two names fall on
 * one address does the later name in order take the next free one, so what is added to or taken
 * from a folder leaves the other addresses alone, but for that rare case.
 */
enum AddressPlan {
  /** 100.64.0.0/12 (shared address space, RFC 6598) and the low bits of a unique local /64. */
  PODS(0x64400000, 20, 1),
  /** 100.80.0.0/16. */
  SERVICES(0x64500000, 16, 2),
  /** 100.96.0.0/16. */
  NODES(0x64600000, 16, 3);

  private final int base;
  private final int bits;
  private final int subnet;

  AddressPlan(int base, int bits, int subnet) {
    this.base = base;
    this.bits = bits;
    this.subnet = subnet;
  }

  /** An object's IPv4 and IPv6 address; both have the same number within their ranges. */
  record Pair(String v4, String v6) {
    List<String> both() {
      return List.of(v4, v6);
    }
  }

  /**
   * Assigns a pair to every key.
   *
   * @param taken addresses that the folder itself gives to something
   */
  Map<String, Pair> assign(SortedSet<String> keys, Set<String> taken) {
    var assigned = new HashMap<String, Pair>();
    var used = new HashSet<Integer>();
    int size = 1 << bits;
    // The first and the last number would be the network's and its broadcast address.
    if (keys.size() > size - 2) {
      throw new IllegalArgumentException(
          "more than " + (size - 2) + " objects need an address of " + this);
    }
    for (String key : keys) {
      int number = number(key, size);
      while (number == 0
          || number == size - 1
          || !used.add(number)
          || taken.contains(pair(number).v4)
          || taken.contains(pair(number).v6)) {
        number = (number + 1) & (size - 1);
      }
      assigned.put(key, pair(number));
    }
    return assigned;
  }

  private static int number(String key, int size) {
    int hash = 0x811C9DC5;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x01000193;
    }
    hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
    return (hash ^ hash >>> 13) & (size - 1);
  }

  private Pair pair(int number) {
    int v4 = base + number;
    String text =
        (v4 >>> 24) + "." + (v4 >>> 16 & 0xFF) + "." + (v4 >>> 8 & 0xFF) + "." + (v4 & 0xFF);
    int high = number >>> 16;
    String low = Integer.toHexString(number & 0xFFFF);
    // fd + "merlon" in hexadecimal, as far as a /48 goes.
    String v6 =
        "fd6d:6572:6c6f:"
            + subnet
            + "::"
            + (high == 0 ? "" : Integer.toHexString(high) + ":")
            + low;
    return new Pair(text, v6);
  }
}
