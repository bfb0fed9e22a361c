package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An IP header of either family, with its options or extension headers. */
public sealed interface Network {
  Address source();

  Address destination();

  /** The header's bytes before a payload of this protocol and length. */
  byte[] bytes(int protocol, int payload);

  Network withHops(int hops);

  /** As one fragment of a datagram; the offset counts units of eight bytes. */
  Network asFragment(int offset, boolean more, int id);

  static Network between(Address source, Address destination) {
    return source.family() == Family.V4
        ? new Ip4(source, destination, 64, 1, 0, 0)
        : new Ip6(source, destination, 64, List.of());
  }

  /** IPv4; the fragment field holds flags and offset, options are a multiple of four bytes. */
  record Ip4(Address source, Address destination, int ttl, int id, int fragment, int options)
      implements Network {
    @Override
    public Ip4 withHops(int hops) {
      return new Ip4(source, destination, hops, id, fragment, options);
    }

    @Override
    public Ip4 asFragment(int offset, boolean more, int identity) {
      int field = offset | (more ? 0x2000 : 0);
      return new Ip4(source, destination, ttl, identity, field, options);
    }

    public Ip4 withOptions(int bytes) {
      return new Ip4(source, destination, ttl, id, fragment, bytes);
    }

    @Override
    public byte[] bytes(int protocol, int payload) {
      ByteBuffer out = ByteBuffer.allocate(20 + options);
      out.put((byte) (0x45 + options / 4)).put((byte) 0);
      out.putShort((short) (20 + options + payload));
      out.putShort((short) id).putShort((short) fragment);
      out.put((byte) ttl).put((byte) protocol).putShort((short) 0);
      out.put(source.wire()).put(destination.wire());
      while (out.hasRemaining()) {
        out.put((byte) 1);
      }
      return out.putShort(10, (short) Checksum.of(out.array())).array();
    }
  }

  /** IPv6. */
  record Ip6(Address source, Address destination, int hopLimit, List<Extension> chain)
      implements Network {
    public Ip6 {
      chain = List.copyOf(chain);
    }

    @Override
    public Ip6 withHops(int hops) {
      return new Ip6(source, destination, hops, chain);
    }

    @Override
    public Ip6 asFragment(int offset, boolean more, int id) {
      return with(new Extension.Fragment(offset, more, id));
    }

    /** With one more extension header at the end of the chain. */
    public Ip6 with(Extension extension) {
      List<Extension> longer = new ArrayList<>(chain);
      longer.add(extension);
      return new Ip6(source, destination, hopLimit, longer);
    }

    @Override
    public byte[] bytes(int protocol, int payload) {
      List<byte[]> headers = new ArrayList<>();
      int next = protocol;
      int length = 0;
      for (Extension extension : chain.reversed()) {
        byte[] header = extension.bytes(next);
        headers.addFirst(header);
        length += header.length;
        next = extension.number();
      }
      ByteBuffer out = ByteBuffer.allocate(40 + length);
      out.putInt(0x60000000).putShort((short) (length + payload));
      out.put((byte) next).put((byte) hopLimit);
      out.put(source.wire()).put(destination.wire());
      headers.forEach(out::put);
      return out.array();
    }
  }
}
