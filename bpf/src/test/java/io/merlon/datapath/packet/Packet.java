package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.packet.Edit.Cut;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Edit.Offsets;
import io.merlon.datapath.packet.Edit.Pad;
import io.merlon.datapath.packet.Edit.Patch;
import io.merlon.datapath.packet.Network.Ip4;
import io.merlon.datapath.packet.Network.Ip6;
import io.merlon.datapath.packet.Payload.Icmp;
import io.merlon.datapath.packet.Payload.Opaque;
import io.merlon.datapath.packet.Payload.Sctp;
import io.merlon.datapath.packet.Payload.Tcp;
import io.merlon.datapath.packet.Payload.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One IP packet in an Ethernet frame. Immutable; each method gives a changed copy. The tags are
 * ethertypes of VLAN headers, outermost first.
 */
public record Packet(List<Integer> tags, Network network, Payload payload, List<Edit> edits) {
  public static final int DOT1Q = 0x8100;
  public static final int DOT1AD = 0x88a8;

  public Packet {
    tags = List.copyOf(tags);
    edits = List.copyOf(edits);
  }

  /** An empty packet of "no next header" or its IPv4 like, to be given a payload. */
  public static Packet between(Address source, Address destination) {
    Opaque nothing = new Opaque(59, new byte[0]);
    return new Packet(List.of(), Network.between(source, destination), nothing, List.of());
  }

  public Packet with(Payload other) {
    return new Packet(tags, network, other, edits);
  }

  public Packet with(Network other) {
    return new Packet(tags, other, payload, edits);
  }

  public Packet with(Edit edit) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(edit);
    return new Packet(tags, network, payload, more);
  }

  public Packet tagged(Integer... ethertypes) {
    return new Packet(List.of(ethertypes), network, payload, edits);
  }

  public Packet tcp(int source, int destination, int flags) {
    return with(new Tcp(source, destination, flags, 0, (flags & Payload.SYN) != 0 ? 0 : 4));
  }

  public Packet udp(int source, int destination) {
    return with(new Udp(source, destination, 4));
  }

  public Packet sctp(int source, int destination, int chunk) {
    return with(new Sctp(source, destination, chunk, 4));
  }

  public Packet icmp(int type, int code, int rest, byte... body) {
    return with(new Icmp(network.source().family(), type, code, rest, body));
  }

  public Packet echoRequest(int id) {
    return icmp(network.source().family() == Family.V4 ? 8 : 128, 0, id << 16 | 1, new byte[8]);
  }

  public Packet echoReply(int id) {
    return icmp(network.source().family() == Family.V4 ? 0 : 129, 0, id << 16 | 1, new byte[8]);
  }

  /** An ICMP error of this type about a packet, of which this many bytes from its IP header on. */
  public Packet error(int type, int code, Packet about, int bytes) {
    byte[] inner = about.datagram();
    return icmp(type, code, 0, Arrays.copyOf(inner, Math.min(bytes, inner.length)));
  }

  public Packet opaque(int protocol, int length) {
    return with(new Opaque(protocol, new byte[length]));
  }

  public Packet hops(int hops) {
    return with(network.withHops(hops));
  }

  /** With IPv4 options of this many bytes; the packet must be IPv4. */
  public Packet options(int bytes) {
    return with(((Ip4) network).withOptions(bytes));
  }

  /** With one more IPv6 extension header; the packet must be IPv6. */
  public Packet extension(Extension extension) {
    return with(((Ip6) network).with(extension));
  }

  /** The bytes of the payload from here to there, as a fragment of this packet's datagram. */
  public Packet fragment(int from, int to, int id) {
    byte[] whole = payload.bytes(network.source(), network.destination());
    int start = Math.min(from, whole.length);
    int end = Math.clamp(to, start, whole.length);
    Opaque part = new Opaque(payload.protocol(), Arrays.copyOfRange(whole, start, end));
    return with(network.asFragment(from / 8, end < whole.length, id)).with(part);
  }

  public Packet patch(Layer layer, int at, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return with(new Patch(layer, at, bytes));
  }

  /** Cut so many bytes after the layer's beginning. */
  public Packet cut(Layer layer, int length) {
    return with(new Cut(layer, length));
  }

  public Packet padded(int length) {
    return with(new Pad(length));
  }

  /** From the IP header on, before any edit. */
  public byte[] datagram() {
    byte[] body = payload.bytes(network.source(), network.destination());
    byte[] header = network.bytes(payload.protocol(), body.length);
    return ByteBuffer.allocate(header.length + body.length).put(header).put(body).array();
  }

  public byte[] bytes() {
    byte[] body = payload.bytes(network.source(), network.destination());
    byte[] header = network.bytes(payload.protocol(), body.length);
    byte[] link =
        Frames.header(tags, network.source().family() == Family.V4 ? Frames.IPV4 : Frames.IPV6);
    ByteBuffer out = ByteBuffer.allocate(link.length + header.length + body.length);
    byte[] frame = out.put(link).put(header).put(body).array();
    Offsets offsets = new Offsets(link.length, link.length + header.length);
    for (Edit edit : edits) {
      frame = edit.apply(frame, offsets);
    }
    return frame;
  }

  public Frame frame() {
    return Frame.of(bytes());
  }
}
