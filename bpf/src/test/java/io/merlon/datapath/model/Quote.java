package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Hook;
import java.util.Optional;

/**
 * The packet an ICMP error quotes, cut off after its first bytes: so its lengths are not held
 * against it, but its ports must be there.
 */
record Quote(
    Address source, Address destination, int protocol, int sourcePort, int destinationPort) {

  /**
   * The flow the error belongs to: what it quotes was sent by the pod that the error goes to, or
   * came to the pod that complains, and then from whom it complains to.
   */
  static Optional<FlowKey> keyOf(Passage error) {
    Slice body = error.datagram().transport().body();
    return body == null
        ? Optional.empty()
        : read(error.datagram().family(), body)
            .map(quote -> quote.key(error))
            .filter(key -> key.pod().equals(error.pod()))
            .filter(key -> error.hook() == Hook.TO_POD || key.peer().equals(error.peer()));
  }

  private FlowKey key(Passage error) {
    return error.hook() == Hook.TO_POD
        ? new FlowKey(error.line(), source, destination, sourcePort, destinationPort, protocol)
        : new FlowKey(error.line(), destination, source, destinationPort, sourcePort, protocol);
  }

  private static Optional<Quote> read(Family family, Slice body) {
    try {
      return family == Family.V4 ? ipv4(body) : ipv6(body);
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static Optional<Quote> ipv4(Slice body) {
    if (body.length() < 20 || body.u8(0) >> 4 != 4) {
      return Optional.empty();
    }
    int header = (body.u8(0) & 0x0f) * 4;
    boolean laterFragment = (body.u16(6) & 0x1fff) != 0;
    if (header < 20 || header > body.length() || laterFragment) {
      return Optional.empty();
    }
    return of(
        Address.of(body.data(), body.from() + 12, Family.V4),
        Address.of(body.data(), body.from() + 16, Family.V4),
        body.u8(9),
        body.after(header));
  }

  private static Optional<Quote> ipv6(Slice body) throws MalformedException {
    if (body.length() < 40 || body.u8(0) >> 4 != 6) {
      return Optional.empty();
    }
    ExtensionWalk walk = ExtensionWalk.over(body.u8(6), body.after(40));
    if (walk.fragment() != null && !walk.fragment().isFirst()) {
      return Optional.empty();
    }
    return of(
        Address.of(body.data(), body.from() + 8, Family.V6),
        Address.of(body.data(), body.from() + 24, Family.V6),
        walk.protocol(),
        walk.rest());
  }

  private static Optional<Quote> of(
      Address source, Address destination, int protocol, Slice transport) {
    boolean icmp = Protocol.isIcmp(protocol, source.family());
    boolean ports =
        switch (protocol) {
          case Protocol.TCP, Protocol.UDP, Protocol.SCTP -> true;
          default -> false;
        };
    if ((icmp || ports) && transport.length() < 8) {
      return Optional.empty();
    }
    if (ports) {
      return Optional.of(
          new Quote(source, destination, protocol, transport.u16(0), transport.u16(2)));
    }
    int id = icmp ? echoId(source.family(), transport) : 0;
    return Optional.of(new Quote(source, destination, protocol, id, id));
  }

  private static int echoId(Family family, Slice icmp) {
    int type = icmp.u8(0);
    boolean echo = family == Family.V4 ? type == 0 || type == 8 : type == 128 || type == 129;
    return echo ? icmp.u16(4) : 0;
  }
}
