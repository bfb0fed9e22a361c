package io.merlon.datapath.model;

import static io.merlon.datapath.harness.Code.BAD_HEADER;
import static io.merlon.datapath.harness.Code.TRUNCATED;
import static io.merlon.datapath.model.MalformedException.require;

import io.merlon.datapath.harness.Family;
import io.merlon.datapath.model.Datagram.Shape;
import io.merlon.datapath.model.Datagram.Transport;

/** Reads a transport header: ports from where they are, and what it does to a flow. */
final class TransportReader {
  private TransportReader() {}

  static Transport read(int protocol, Family family, Slice body, boolean firstFragment)
      throws MalformedException {
    if (Protocol.isIcmp(protocol, family)) {
      require(body.length() >= 8, TRUNCATED);
      return icmp(family, body);
    }
    return switch (protocol) {
      case Protocol.TCP -> tcp(body, firstFragment);
      case Protocol.UDP -> {
        require(body.length() >= 8, TRUNCATED);
        yield Transport.of(Shape.DATAGRAM, body.u16(0), body.u16(2));
      }
      case Protocol.SCTP -> {
        require(body.length() >= (firstFragment ? 16 : 12), TRUNCATED);
        yield Transport.of(sctpShape(body), body.u16(0), body.u16(2));
      }
      default -> Transport.NONE;
    };
  }

  private static Transport tcp(Slice body, boolean firstFragment) throws MalformedException {
    require(body.length() >= 20, TRUNCATED);
    int header = (body.u8(12) >> 4) * 4;
    require(header >= 20, BAD_HEADER);
    require(firstFragment || header <= body.length(), TRUNCATED);
    return Transport.of(tcpShape(body.u8(13)), body.u16(0), body.u16(2));
  }

  private static Shape tcpShape(int flags) {
    boolean fin = (flags & 0x01) != 0;
    boolean syn = (flags & 0x02) != 0;
    boolean rst = (flags & 0x04) != 0;
    boolean ack = (flags & 0x10) != 0;
    if (rst) {
      return Shape.RST;
    }
    if (syn) {
      return ack ? Shape.SYN_ACK : Shape.SYN;
    }
    return fin ? Shape.FIN : Shape.DATA;
  }

  private static Shape sctpShape(Slice body) {
    if (body.length() <= 12) {
      return Shape.DATA;
    }
    return switch (body.u8(12)) {
      case 1 -> Shape.SYN;
      case 2 -> Shape.SYN_ACK;
      case 6, 14 -> Shape.RST;
      default -> Shape.DATA;
    };
  }

  private static Transport icmp(Family family, Slice body) {
    int type = body.u8(0);
    Shape shape = icmpShape(family, type);
    int id = shape == Shape.ECHO_REQUEST || shape == Shape.ECHO_REPLY ? body.u16(4) : 0;
    return new Transport(
        shape, id, id, type, body.u8(1), shape == Shape.ICMP_ERROR ? body.after(8) : null);
  }

  private static Shape icmpShape(Family family, int type) {
    if (family == Family.V4) {
      return switch (type) {
        case 0 -> Shape.ECHO_REPLY;
        case 8 -> Shape.ECHO_REQUEST;
        case 3, 4, 11, 12 -> Shape.ICMP_ERROR;
        default -> Shape.DATAGRAM;
      };
    }
    return switch (type) {
      case 128 -> Shape.ECHO_REQUEST;
      case 129 -> Shape.ECHO_REPLY;
      case 1, 2, 3, 4 -> Shape.ICMP_ERROR;
      default -> Shape.DATAGRAM;
    };
  }
}
