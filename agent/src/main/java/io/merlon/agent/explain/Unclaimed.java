package io.merlon.agent.explain;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** Finds an address of a block that lies in none of the blocks within it. */
final class Unclaimed {
  private Unclaimed() {}

  static @Nullable Address in(Cidr block, NavigableSet<Cidr> blocks) {
    return in(block, block, blocks);
  }

  /** Halves what is left until a half has nothing within; a block that is all taken has none. */
  private static @Nullable Address in(Cidr part, Cidr whole, NavigableSet<Cidr> blocks) {
    boolean untouched = true;
    for (Cidr other : blocks) {
      if (other.equals(whole)) {
        continue;
      }
      if (other.contains(part) && whole.contains(other)) {
        return null;
      }
      untouched &= !part.contains(other);
    }
    if (untouched) {
      return part.base();
    }
    if (part.length() == part.base().bits()) {
      return null;
    }
    Address lower = in(new Cidr(part.base(), part.length() + 1), whole, blocks);
    return lower != null ? lower : in(upper(part), whole, blocks);
  }

  private static Cidr upper(Cidr part) {
    int length = part.length() + 1;
    Address base = part.base();
    int bit = base.bits() - length;
    if (!base.isV6()) {
      return new Cidr(new Address.V4((int) base.low() | 1 << bit), length);
    }
    return new Cidr(
        bit >= 64
            ? new Address.V6(base.high() | 1L << (bit - 64), base.low())
            : new Address.V6(base.high(), base.low() | 1L << bit),
        length);
  }
}
