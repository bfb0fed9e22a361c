package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed IP packet, as far as it is read.
 *
 * @param fragment null unless it is one of several fragments
 * @param transport without ports in a later fragment
 */
record Datagram(
    Address source,
    Address destination,
    int hops,
    int protocol,
    @Nullable Fragment fragment,
    Transport transport) {

  /** Its place among fragments; the protocol is the one the fragments themselves show. */
  record Fragment(int id, int protocol, int offset) {
    boolean isFirst() {
      return offset == 0;
    }
  }

  /** What the transport header says; type and code are of ICMP, the body is of an ICMP error. */
  record Transport(
      Shape shape, int sourcePort, int destinationPort, int type, int code, @Nullable Slice body) {
    static final Transport NONE = new Transport(Shape.DATAGRAM, 0, 0, -1, -1, null);

    static Transport of(Shape shape, int sourcePort, int destinationPort) {
      return new Transport(shape, sourcePort, destinationPort, -1, -1, null);
    }
  }

  /** What a packet does to a flow. */
  enum Shape {
    SYN,
    SYN_ACK,
    FIN,
    RST,
    DATA,
    DATAGRAM,
    ECHO_REQUEST,
    ECHO_REPLY,
    ICMP_ERROR
  }

  Family family() {
    return source.family();
  }

  boolean isLaterFragment() {
    return fragment != null && !fragment.isFirst();
  }
}
