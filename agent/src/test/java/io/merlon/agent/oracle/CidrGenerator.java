package io.merlon.agent.oracle;

import java.util.List;

/** Blocks that touch the world's own addresses: around them, inside one another, beside them. */
final class CidrGenerator {
  private static final List<Integer> V4 = List.of(0, 1, 8, 12, 16, 23, 24, 25, 28, 30, 31, 32);
  private static final List<Integer> V6 = List.of(0, 1, 8, 32, 47, 48, 63, 64, 65, 112, 127, 128);
  private static final List<String> UNREADABLE =
      List.of(
          "",
          "10.0.0.1",
          "10.1.0.0/33",
          "fd00::/129",
          "10.1/16",
          "::/x",
          "0.0.0.0/-1",
          "all",
          "::ffff:10.1.0.0/112");

  private final Dice dice;
  private final List<Ip> addresses;

  CidrGenerator(Dice dice, List<Ip> addresses) {
    this.dice = dice;
    this.addresses = addresses;
  }

  String unreadable() {
    return dice.pick(UNREADABLE);
  }

  Cidr block() {
    return block(dice.pick(addresses));
  }

  /** A block with the address in it, or a bit beside it; its host bits as they fall. */
  private Cidr block(Ip ip) {
    int bits = dice.pick(ip.family() == Ip.Family.V4 ? V4 : V6);
    Ip base = bits > 0 && dice.chance(20) ? ip.flip(bits - 1) : ip;
    return new Cidr(dice.chance(60) ? base.edge(bits, false) : base, bits);
  }

  /**
   * A part of the block, mostly; also the block itself, a wider one, or one that is elsewhere.
   * Never one of the other family: the API refuses that, and what it would mean is open.
   */
  Cidr except(Cidr block) {
    int bits = block.bits();
    int all = block.base().family().bits;
    return switch (dice.below(8)) {
      case 0 -> block;
      case 1 -> new Cidr(block.base(), Math.max(0, bits - 1));
      case 2 -> {
        Cidr elsewhere = block();
        yield elsewhere.base().family() == block.base().family() ? elsewhere : block;
      }
      case 3 -> bits == 0 ? block : new Cidr(block.base().flip(bits - 1), bits);
      default -> {
        List<Ip> inside = addresses.stream().filter(block::contains).toList();
        Ip ip = inside.isEmpty() ? block.base() : dice.pick(inside);
        yield new Cidr(ip, dice.between(Math.min(bits + 1, all), all));
      }
    };
  }
}
