package io.merlon.datapath.fuzz;

import io.merlon.datapath.fuzz.Step.Send;
import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.packet.Frames;
import io.merlon.datapath.packet.Neighbours;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random packets of a few conversations, and of what else comes along. */
final class PacketSource {
  private static final int TALKS = 16;
  private static final int[] PROTOCOLS = {6, 6, 6, 6, 17, 17, 132, 132, 47, 50, 58, 1, 0, 59};
  private static final int[] TCP_FLAGS = {2, 2, 2, 18, 16, 16, 24, 17, 17, 4, 20, 0, 3, 6, 41};
  private static final int[] CHUNKS = {1, 1, 2, 0, 0, 3, 6, 14, -1, 10};

  private final RandomGenerator random;
  private final Neighbourhood places;
  private final Mutator mutator;
  private final List<Talk> talks = new ArrayList<>();
  private final List<Packet> recent = new ArrayList<>();

  PacketSource(RandomGenerator random, Neighbourhood places, Mutator mutator) {
    this.random = random;
    this.places = places;
    this.mutator = mutator;
    for (int i = 0; i < TALKS; i++) {
      talks.add(talk());
    }
  }

  private Talk talk() {
    Family family = places.family();
    int line = random.nextInt(PacketTarget.LINES);
    return new Talk(
        line,
        places.pod(family, line),
        places.peer(family),
        places.port(),
        places.port(),
        PROTOCOLS[random.nextInt(PROTOCOLS.length)]);
  }

  Send next() {
    Hook hook =
        random.nextInt(8) == 0 ? Hook.UPLINK : random.nextBoolean() ? Hook.FROM_POD : Hook.TO_POD;
    Talk talk = random.nextInt(6) == 0 ? talk() : places.any(talks);
    int line = hook == Hook.UPLINK ? PacketTarget.UPLINK_LINE : talk.line();
    if (random.nextInt(60) == 0) {
      return new Send(hook, line, strange(talk));
    }
    Packet packet =
        switch (random.nextInt(20)) {
          case 0, 1 -> error(talk, hook);
          case 2, 3, 4 -> fragment(talk, hook);
          case 5 -> echo(talk, hook);
          case 6 -> courtesy(talk);
          case 7 -> otherIcmp(talk, hook);
          default -> segment(talk, hook);
        };
    if (recent.size() > 24) {
      recent.remove(random.nextInt(recent.size()));
    }
    recent.add(packet);
    return new Send(hook, line, mutator.frame(packet).marked(mark(hook)));
  }

  /** Of one of few pods, so that answers carry the mark of their opening; now and then any. */
  private int mark(Hook hook) {
    boolean plain = hook == Hook.UPLINK ? random.nextInt(8) == 0 : random.nextInt(3) != 0;
    if (plain) {
      return 0;
    }
    boolean any = random.nextInt(20) == 0;
    int kind = any ? random.nextInt(16) : 8 + random.nextInt(2);
    return kind << 12 | 1 + random.nextInt(any ? PacketTarget.SUBJECTS : 2);
  }

  private Packet segment(Talk talk, Hook hook) {
    return talk.packet(hook, doing(talk), 4 * random.nextInt(4));
  }

  private int doing(Talk talk) {
    return talk.protocol() == Payload.TCP
        ? TCP_FLAGS[random.nextInt(TCP_FLAGS.length)]
        : CHUNKS[random.nextInt(CHUNKS.length)];
  }

  private Packet echo(Talk talk, Hook hook) {
    int id = random.nextInt(3);
    Packet packet = talk.between(hook);
    return random.nextBoolean() ? packet.echoRequest(id) : packet.echoReply(id);
  }

  private Packet otherIcmp(Talk talk, Hook hook) {
    return talk.between(hook)
        .icmp(random.nextInt(160), random.nextInt(2), random.nextInt(4) << 16, new byte[4]);
  }

  /** An error about a packet seen before, with as much of it as a router may quote. */
  private Packet error(Talk talk, Hook hook) {
    if (recent.isEmpty()) {
      return segment(talk, hook);
    }
    Packet about = places.any(recent);
    boolean four = about.network().source().family() == Family.V4;
    int[] types = four ? new int[] {3, 3, 4, 5, 11, 12} : new int[] {1, 2, 2, 3, 4, 5};
    Address router =
        talk.peer().family() == about.network().source().family()
            ? talk.peer()
            : about.network().destination();
    Address blamed = about.network().source();
    Packet outer =
        hook == Hook.TO_POD ? Packet.between(router, blamed) : Packet.between(blamed, router);
    int length = random.nextInt(3) == 0 ? random.nextInt(80) : 200;
    return outer.error(types[random.nextInt(types.length)], 0, about, length);
  }

  private Packet fragment(Talk talk, Hook hook) {
    Packet whole = talk.packet(hook, doing(talk), 40);
    int from = random.nextBoolean() ? 0 : 8 * random.nextInt(6);
    int to = from + 8 * (1 + random.nextInt(6));
    Packet shaped = random.nextInt(4) == 0 ? mutator.chained(whole) : whole;
    Packet fragment = shaped.fragment(from, to, random.nextInt(3));
    return random.nextInt(6) == 0 ? mutator.chained(fragment) : fragment;
  }

  private Packet courtesy(Talk talk) {
    if (random.nextInt(4) == 0) {
      return dhcp(talk.pod().family());
    }
    Address[] sources = {
      Address.of("::"), Address.of("fe80::1"), places.any(places.pods(Family.V6))
    };
    Address[] targets = {
      Address.of("ff02::1:ff00:1"),
      Address.of("fe80::2"),
      Address.of("ff05::2"),
      places.any(places.pods(Family.V6)),
      places.peer(Family.V6)
    };
    Address source = sources[random.nextInt(sources.length)];
    Address target = targets[random.nextInt(targets.length)];
    Packet message =
        random.nextBoolean()
            ? Neighbours.discovery(133 + random.nextInt(5), source, target)
            : Neighbours.listener(listenerType(), source, target);
    return random.nextInt(8) == 0 ? message.hops(random.nextInt(256)) : message;
  }

  private int listenerType() {
    int type = 130 + random.nextInt(4);
    return type == 133 ? Neighbours.LISTENER_REPORT_V2 : type;
  }

  private Packet dhcp(Family family) {
    Packet request =
        family == Family.V4
            ? Packet.between(Address.of("0.0.0.0"), Address.of("255.255.255.255")).udp(68, 67)
            : Packet.between(Address.of("fe80::1"), Address.of("ff02::1:2")).udp(546, 547);
    return random.nextInt(4) == 0 ? request.udp(68, random.nextInt(70)) : request;
  }

  private Integer[] stacked() {
    return random
        .ints(2 + random.nextInt(3), 0, 2)
        .mapToObj(kind -> kind == 0 ? Packet.DOT1Q : Packet.DOT1AD)
        .toArray(Integer[]::new);
  }

  /** No IP at all, or behind more tags than are read. */
  private Frame strange(Talk talk) {
    Integer[] tags = {Packet.DOT1Q, Packet.DOT1AD};
    return switch (random.nextInt(5)) {
      case 0 -> Frames.of(0x88cc, random.nextInt(60));
      case 4 -> talk.packet(Hook.FROM_POD, Payload.SYN, 4).tagged(stacked()).frame();
      case 1 -> Frames.of(random.nextInt(0x10000), 40, tags);
      case 2 -> Frames.arp(Address.of("10.0.1.10"), Address.of("10.0.1.1"), tags[talk.line() % 2]);
      default -> Frames.arp(Address.of("10.0.1.10"), Address.of("10.0.1.1"));
    };
  }
}
