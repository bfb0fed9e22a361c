package io.merlon.datapath.model;

import static io.merlon.datapath.harness.Code.BAD_HEADER;
import static io.merlon.datapath.harness.Code.ETHERTYPE;
import static io.merlon.datapath.harness.Code.ROUTING_HEADER;
import static io.merlon.datapath.harness.Code.TRUNCATED;
import static io.merlon.datapath.model.MalformedException.require;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.model.Datagram.Fragment;
import io.merlon.datapath.model.Datagram.Transport;
import org.jspecify.annotations.Nullable;

/** Reads a frame from the outside in, and says at the first thing wrong what it is. */
final class Parser {
  private static final int IPV4 = 0x0800;
  private static final int ARP = 0x0806;
  private static final int IPV6 = 0x86dd;
  private static final int DOT1Q = 0x8100;
  private static final int DOT1AD = 0x88a8;

  private Parser() {}

  static Parsed parse(Frame frame) {
    try {
      return ethernet(frame);
    } catch (MalformedException e) {
      return new Parsed.Malformed(e.reason());
    }
  }

  private static Parsed ethernet(Frame frame) throws MalformedException {
    Slice bytes = new Slice(frame.bytes(), 0, frame.bytes().length);
    require(bytes.length() >= 14, TRUNCATED);
    int ethertype = bytes.u16(12);
    Slice rest = bytes.after(14);
    for (int tags = 0; tags < 2 && (ethertype == DOT1Q || ethertype == DOT1AD); tags++) {
      require(rest.length() >= 4, TRUNCATED);
      ethertype = rest.u16(2);
      rest = rest.after(4);
    }
    return switch (ethertype) {
      case ARP -> new Parsed.Arp();
      case IPV4 -> new Parsed.Ip(ipv4(rest));
      case IPV6 -> new Parsed.Ip(ipv6(rest));
      case DOT1Q, DOT1AD -> throw new MalformedException(ETHERTYPE);
      default -> new Parsed.Foreign();
    };
  }

  private static Datagram ipv4(Slice present) throws MalformedException {
    require(present.length() >= 20, TRUNCATED);
    require(present.u8(0) >> 4 == 4, BAD_HEADER);
    int header = (present.u8(0) & 0x0f) * 4;
    require(header >= 20, BAD_HEADER);
    int total = present.u16(2);
    if (total == 0) {
      total = present.length();
    }
    require(total >= header, BAD_HEADER);
    require(total <= present.length(), TRUNCATED);
    require(!SourceRoute.isIn(present.first(header).after(20)), ROUTING_HEADER);

    int protocol = present.u8(9);
    int field = present.u16(6);
    boolean fragmented = (field & 0x3fff) != 0;
    Fragment fragment = fragmented ? new Fragment(present.u16(4), protocol, field & 0x1fff) : null;
    Slice body = present.first(total).after(header);
    return new Datagram(
        Address.of(present.data(), present.from() + 12, Family.V4),
        Address.of(present.data(), present.from() + 16, Family.V4),
        present.u8(8),
        protocol,
        fragment,
        transport(protocol, Family.V4, body, fragment));
  }

  private static Datagram ipv6(Slice present) throws MalformedException {
    require(present.length() >= 40, TRUNCATED);
    require(present.u8(0) >> 4 == 6, BAD_HEADER);
    int payload = present.u16(4);
    if (payload == 0) {
      payload = present.length() - 40;
    }
    require(40 + payload <= present.length(), TRUNCATED);

    ExtensionWalk walk = ExtensionWalk.over(present.u8(6), present.first(40 + payload).after(40));
    return new Datagram(
        Address.of(present.data(), present.from() + 8, Family.V6),
        Address.of(present.data(), present.from() + 24, Family.V6),
        present.u8(7),
        walk.protocol(),
        walk.fragment(),
        transport(walk.protocol(), Family.V6, walk.rest(), walk.fragment()));
  }

  private static Transport transport(
      int protocol, Family family, Slice body, @Nullable Fragment fragment)
      throws MalformedException {
    if (fragment != null && !fragment.isFirst()) {
      return Transport.NONE;
    }
    return TransportReader.read(protocol, family, body, fragment != null);
  }
}
