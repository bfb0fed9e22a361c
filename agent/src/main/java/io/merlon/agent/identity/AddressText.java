package io.merlon.agent.identity;

import org.jspecify.annotations.Nullable;

/**
 * Addresses as text: strict when reading (no leading zeros, no zones, no short forms, no IPv4
 * address written as an IPv6 one: what two readers could understand differently is not an address),
 * RFC 5952 when writing.
 */
final class AddressText {
  /** The upper half of the lower word of ::ffff:0:0/96, where IPv4 addresses are mapped to. */
  private static final long MAPPED = 0xffff;

  private AddressText() {}

  static @Nullable Address parse(String text) {
    return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
  }

  private static Address.@Nullable V4 parseV4(String text) {
    int value = 0;
    int parts = 0;
    int at = 0;
    while (parts < 4) {
      int end = text.indexOf('.', at);
      end = end < 0 ? text.length() : end;
      int part = decimal(text, at, end);
      if (part < 0) {
        return null;
      }
      value = value << 8 | part;
      parts++;
      at = end + 1;
      if (end == text.length()) {
        break;
      }
    }
    return parts == 4 && at == text.length() + 1 ? new Address.V4(value) : null;
  }

  private static int decimal(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value <= 255 ? value : -1;
  }

  private static Address.@Nullable V6 parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    String before = gap < 0 ? text : text.substring(0, gap);
    String after = gap < 0 ? "" : text.substring(gap + 2);
    int[] head = groups(before, gap < 0);
    int[] tail = groups(after, true);
    if (head == null || tail == null) {
      return null;
    }
    int length = head.length + tail.length;
    if (gap < 0 ? length != 8 : length > 7) {
      return null;
    }
    int[] all = new int[8];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(tail, 0, all, 8 - tail.length, tail.length);
    long high = word(all, 0);
    long low = word(all, 4);
    return high == 0 && low >>> 32 == MAPPED ? null : new Address.V6(high, low);
  }

  private static long word(int[] groups, int from) {
    long word = 0;
    for (int i = from; i < from + 4; i++) {
      word = word << 16 | groups[i];
    }
    return word;
  }

  /** The 16-bit groups of one side of "::"; the very last may be an IPv4 address of two. */
  private static int @Nullable [] groups(String text, boolean mayEndInV4) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    boolean endsInV4 = mayEndInV4 && parts[parts.length - 1].indexOf('.') >= 0;
    int[] groups = new int[parts.length + (endsInV4 ? 1 : 0)];
    for (int i = 0; i < parts.length - (endsInV4 ? 1 : 0); i++) {
      groups[i] = hex(parts[i]);
      if (groups[i] < 0) {
        return null;
      }
    }
    if (endsInV4) {
      Address.V4 v4 = parseV4(parts[parts.length - 1]);
      if (v4 == null) {
        return null;
      }
      groups[parts.length - 1] = v4.value() >>> 16;
      groups[parts.length] = v4.value() & 0xffff;
    }
    return groups;
  }

  private static int hex(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  static String format(Address.V4 address) {
    int v = address.value();
    return (v >>> 24) + "." + (v >>> 16 & 255) + "." + (v >>> 8 & 255) + "." + (v & 255);
  }

  static String format(Address.V6 address) {
    int[] groups = new int[8];
    for (int i = 0; i < 4; i++) {
      groups[i] = (int) (address.high() >>> (48 - 16 * i)) & 0xffff;
      groups[i + 4] = (int) (address.low() >>> (48 - 16 * i)) & 0xffff;
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && groups[i + run] == 0) {
        run++;
      }
      if (run > longest) {
        longest = run;
        start = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
