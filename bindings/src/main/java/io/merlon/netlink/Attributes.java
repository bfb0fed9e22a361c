package io.merlon.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The attributes of a message, by their numbers in linux/if_link.h and linux/rtnetlink.h. */
final class Attributes {
  static final int LINK_ADDRESS = 1;
  static final int LINK_NAME = 3;
  static final int LINK_PEER = 5; // IFLA_LINK
  static final int LINK_INFO = 18;
  static final int LINK_PEER_NAMESPACE = 37; // IFLA_LINK_NETNSID
  static final int INFO_KIND = 1;
  static final int ROUTE_DESTINATION = 1;
  static final int ROUTE_INTERFACE = 4;
  static final int ROUTE_PRIORITY = 6;
  static final int ROUTE_TABLE = 15;

  private static final int HEADER = 4;
  private static final int TYPE = 0x3fff; // without the bits for nesting and byte order

  private final Map<Integer, ByteBuffer> values = new HashMap<>();

  private Attributes() {}

  static Attributes of(ByteBuffer body, int from) {
    Attributes attributes = new Attributes();
    each(body, from, attributes.values::put);
    return attributes;
  }

  private static void each(ByteBuffer body, int from, BiConsumer<Integer, ByteBuffer> sink) {
    int at = from;
    while (body.limit() - at >= HEADER) {
      int length = body.getShort(at) & 0xffff;
      if (length < HEADER || length > body.limit() - at) {
        break;
      }
      sink.accept(
          body.getShort(at + 2) & TYPE,
          body.slice(at + HEADER, length - HEADER).order(body.order()));
      at += MessageReader.aligned(length);
    }
  }

  /** The values of a list, which have one type. */
  static List<ByteBuffer> list(ByteBuffer body) {
    List<ByteBuffer> values = new ArrayList<>();
    each(body, 0, (_, value) -> values.add(value));
    return values;
  }

  @Nullable ByteBuffer get(int type) {
    return values.get(type);
  }

  int number(int type, int absent) {
    ByteBuffer value = values.get(type);
    return value == null || value.remaining() < Integer.BYTES ? absent : value.getInt(0);
  }
}
