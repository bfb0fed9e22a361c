package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Extension;
import io.merlon.datapath.packet.Packet;
import java.util.random.RandomGenerator;

/** Dresses a packet in options, tags and extension headers, and now and then breaks it. */
final class Mutator {
  /** The kernel keeps at least the Ethernet header together. */
  private static final int LINK = 14;

  private final RandomGenerator random;

  Mutator(RandomGenerator random) {
    this.random = random;
  }

  private boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  Frame frame(Packet plain) {
    Packet packet = plain;
    if (once(6)) {
      packet = chained(packet);
    }
    if (once(12)) {
      packet = tagged(packet);
    }
    if (once(12)) {
      packet = packet.padded(1 + random.nextInt(30));
    }
    for (int i = once(12) ? 1 + random.nextInt(3) : 0; i > 0; i--) {
      packet = patched(packet);
    }
    if (once(16)) {
      // Behind a tag, because a test run refuses less than an IP header without one.
      packet = packet.tagged(Packet.DOT1Q).cut(Layer.NETWORK, random.nextInt(90));
    }
    Frame frame = packet.frame();
    if (once(32)) {
      return frame.scattered(LINK + random.nextInt(100));
    }
    return once(16) ? frame.segmented(random.nextInt(1500), random.nextInt(5)) : frame;
  }

  private Packet tagged(Packet packet) {
    Integer[][] shapes = {
      {Packet.DOT1Q},
      {Packet.DOT1AD},
      {Packet.DOT1AD, Packet.DOT1Q},
      {Packet.DOT1Q, Packet.DOT1Q},
      {Packet.DOT1AD, Packet.DOT1Q, Packet.DOT1Q}
    };
    return packet.tagged(shapes[random.nextInt(shapes.length)]);
  }

  private Packet patched(Packet packet) {
    int value =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> 0xff;
          case 2 -> 1 << random.nextInt(8);
          default -> random.nextInt(256);
        };
    return switch (random.nextInt(4)) {
      case 0 -> packet.patch(Layer.TRANSPORT, random.nextInt(16), value);
      case 1 -> packet.patch(Layer.NETWORK, random.nextInt(10), value);
      default -> packet.patch(Layer.NETWORK, random.nextInt(90), value);
    };
  }

  /** With IPv4 options, or with extension headers in any order and number. */
  Packet chained(Packet packet) {
    if (packet.network().source().family() == Family.V4) {
      return routed(packet.options(4 * random.nextInt(11)));
    }
    Packet longer = packet;
    int count = once(8) ? random.nextInt(12) : 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      longer = longer.extension(extension());
    }
    return longer;
  }

  /** Often with an option that may be a source route. */
  private Packet routed(Packet packet) {
    if (once(2)) {
      return packet;
    }
    int[] kinds = {131, 137, 7, 0, 148};
    int kind = kinds[random.nextInt(kinds.length)];
    int at = 20 + random.nextInt(12);
    return packet.patch(Layer.NETWORK, at, kind, random.nextInt(16), random.nextInt(20));
  }

  private Extension extension() {
    int size = once(4) ? random.nextInt(4) : 0;
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Extension.Options(Extension.HOP_BY_HOP, size);
      case 2 -> new Extension.Routing(once(4) ? 1 : 0, size);
      case 3 -> new Extension.Fragment(once(3) ? random.nextInt(4) : 0, once(3), random.nextInt(3));
      case 4 -> new Extension.Authentication(size);
      default -> new Extension.Options(Extension.DESTINATION, size);
    };
  }
}
