package io.merlon.agent.oracle;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of addresses; host bits may be set and mean nothing (NP-14). */
public record Cidr(Ip base, int bits) {
  private static final Pattern LENGTH = Pattern.compile("\\d{1,3}");

  /** Null where the text is not a CIDR. */
  public static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !LENGTH.matcher(text.substring(slash + 1)).matches()) {
      return null;
    }
    Ip base = Ip.parse(text.substring(0, slash));
    int bits = Integer.parseInt(text.substring(slash + 1));
    return base == null || bits > base.family().bits ? null : new Cidr(base, bits);
  }

  public boolean contains(Ip ip) {
    return ip.family() == base.family() && ip.commonBits(base) >= bits;
  }

  @Override
  public String toString() {
    return base + "/" + bits;
  }
}
