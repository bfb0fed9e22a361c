package io.merlon.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a datagram of the routing socket apart: netlink(7) for the headers, rtnetlink(7) for what
 * they carry. What nobody here asks for is skipped, as is whatever is too short for what it says.
 */
final class MessageReader {
  private static final int HEADER = 16;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int DUMP_INTERRUPTED = 0x10;

  private static final int LINK_HEADER = 16;
  private static final int LINK_UP = 1; // IFF_UP
  private static final int ROUTE_HEADER = 12;
  private static final int UNICAST = 1; // RTN_UNICAST
  private static final int CLONED = 0x200; // RTM_F_CLONED
  private static final int INET = 2;
  private static final int INET6 = 10;

  /** Since the dump under way began: the kernel says it once only, of the part where it noticed. */
  private boolean interrupted;

  /** Reads the messages of one datagram, in the machine's byte order. */
  void read(ByteBuffer datagram, Consumer<? super RouteMessage> sink) {
    while (datagram.remaining() >= HEADER) {
      int start = datagram.position();
      int length = datagram.getInt(start);
      if (length < HEADER || length > datagram.remaining()) {
        return;
      }
      ByteBuffer body = datagram.slice(start + HEADER, length - HEADER).order(datagram.order());
      interrupted |= (datagram.getShort(start + 6) & DUMP_INTERRUPTED) != 0;
      int request = datagram.getInt(start + 8);
      message(datagram.getShort(start + 4), request, body, sink);
      datagram.position(Math.min(datagram.limit(), start + aligned(length)));
    }
  }

  private void message(
      int type, int request, ByteBuffer body, Consumer<? super RouteMessage> sink) {
    switch (type) {
      case ERROR -> {
        int errno = body.remaining() >= 4 ? -body.getInt(0) : 0;
        if (errno != 0) {
          sink.accept(new RouteMessage.Refused(request, errno));
        }
      }
      case DONE -> {
        sink.accept(new RouteMessage.End(request, interrupted));
        interrupted = false;
      }
      case NEW_LINK, DELETE_LINK -> link(type == DELETE_LINK, body, sink);
      case NEW_ROUTE, DELETE_ROUTE -> route(type == DELETE_ROUTE, body, sink);
      default -> {}
    }
  }

  /** A message of another family, a bridge's above all, speaks of something else than the link. */
  private static void link(boolean gone, ByteBuffer body, Consumer<? super RouteMessage> sink) {
    if (body.remaining() < LINK_HEADER || body.get(0) != 0) {
      return;
    }
    int ifindex = body.getInt(4);
    if (gone) {
      sink.accept(new RouteMessage.LinkGone(ifindex));
      return;
    }
    Attributes attributes = Attributes.of(body, LINK_HEADER);
    ByteBuffer info = attributes.get(Attributes.LINK_INFO);
    sink.accept(
        new RouteMessage.LinkIs(
            ifindex,
            text(attributes.get(Attributes.LINK_NAME)),
            info == null ? "" : text(Attributes.of(info, 0).get(Attributes.INFO_KIND)),
            hardware(attributes.get(Attributes.LINK_ADDRESS)),
            (body.getInt(8) & LINK_UP) != 0,
            attributes.number(Attributes.LINK_PEER, 0),
            attributes.number(Attributes.LINK_PEER_NAMESPACE, -1)));
  }

  private static void route(boolean gone, ByteBuffer body, Consumer<? super RouteMessage> sink) {
    if (body.remaining() < ROUTE_HEADER
        || body.get(7) != UNICAST
        || (body.getInt(8) & CLONED) != 0) {
      return;
    }
    int family = body.get(0);
    int bits = body.get(1) & 0xff;
    Attributes attributes = Attributes.of(body, ROUTE_HEADER);
    ByteBuffer destination = attributes.get(Attributes.ROUTE_DESTINATION);
    int ifindex = attributes.number(Attributes.ROUTE_INTERFACE, 0);
    if (ifindex == 0
        || destination == null
        || !((family == INET && bits == 32) || (family == INET6 && bits == 128))
        || destination.remaining() != bits / 8) {
      return;
    }
    RouteMessage.RouteKey key =
        new RouteMessage.RouteKey(
            address(destination),
            attributes.number(Attributes.ROUTE_TABLE, body.get(4) & 0xff),
            attributes.number(Attributes.ROUTE_PRIORITY, 0));
    sink.accept(
        gone ? new RouteMessage.RouteGone(key, ifindex) : new RouteMessage.RouteIs(key, ifindex));
  }

  private static InetAddress address(ByteBuffer bytes) {
    try {
      return InetAddress.getByAddress(bytes(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }

  private static String hardware(@Nullable ByteBuffer bytes) {
    return bytes == null ? "" : HexFormat.ofDelimiter(":").formatHex(bytes(bytes));
  }

  private static String text(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      return "";
    }
    String text = new String(bytes(bytes), StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
