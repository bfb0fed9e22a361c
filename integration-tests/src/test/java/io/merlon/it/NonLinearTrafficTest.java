package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.bpf.Interfaces;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Stat;
import io.merlon.it.PodPolicy.Allow;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames of which only the Ethernet header is where a program can read it: the rest is fetched, and
 * what is not found then is not there.
 */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record NonLinearTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(5);

  /** Longer than a page. */
  private static final int LONG = 5000;

  private static final int ALLOWED_PORT = 53;
  private static final int DENIED_PORT = 54;
  private static final int UDP = 17;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int RECORD_ROUTE = 7;
  private static final int STRICT_SOURCE_ROUTE = 137;

  /** The longest extension header there is: two of them are more than is fetched first. */
  private static final int LONGEST = 2048;

  @BeforeEach
  void jumboFrames() {
    Pod shop = shop();
    shop.namespace().configure("link set eth0 mtu 9000");
    node.namespace().configure("link set %s mtu 9000".formatted(shop.device()));
  }

  private Pod shop() {
    Pod dns = node.pod("dns", PodPolicy.open());
    return node.pod("shop", PodPolicy.open().onlyTo(Allow.udp(node.number(dns), ALLOWED_PORT)));
  }

  private long allowed() {
    return node.decided(shop(), PodPolicy.ALLOWED_OUT, Mode.ENFORCE).packets();
  }

  private long denied() {
    return node.decided(shop(), PodPolicy.DENIED_OUT, Mode.ENFORCE).packets();
  }

  private long pulled() {
    return node.datapath().stat(Stat.PULLED);
  }

  private long truncated() {
    return node.refused(shop(), true, DropReason.TRUNCATED).packets();
  }

  private long routed() {
    return node.refused(shop(), true, DropReason.ROUTING_HEADER).packets();
  }

  private long judged() {
    return allowed() + denied() + truncated() + routed();
  }

  private void send(byte[] frame) {
    NetworkNamespace pod = shop().namespace();
    long before = judged();
    PacketSocket.send(pod, pod.call(() -> Interfaces.index("eth0")), frame);
    Await.until("the frame is judged", PATIENT, () -> judged() > before);
  }

  /** A datagram to the other pod, behind so many extension headers of this length. */
  private byte[] frame(boolean six, int port, int extensions, int length) {
    Pod dns = node.pod("dns", PodPolicy.open());
    InetAddress source = shop().address(six);
    InetAddress destination = dns.address(six);
    int payload = LONG - (six ? 54 : 34);
    ByteBuffer out = ByteBuffer.allocate(LONG);
    out.put(new byte[12]).putShort((short) (six ? 0x86dd : 0x0800));
    if (six) {
      out.putInt(6 << 28).putShort((short) payload);
      out.put((byte) (extensions > 0 ? DESTINATION_OPTIONS : UDP)).put((byte) 64);
    } else {
      out.putShort((short) 0x4500).putShort((short) (20 + payload)).putInt(0);
      out.put((byte) 64).put((byte) UDP).putShort((short) 0);
    }
    out.put(source.getAddress()).put(destination.getAddress());
    for (int i = extensions; i > 0; i--) {
      int end = out.position() + length;
      out.put((byte) (i > 1 ? DESTINATION_OPTIONS : UDP)).put((byte) (length / 8 - 1));
      out.position(end);
    }
    int udp = LONG - out.position();
    out.putShort((short) 40000).putShort((short) port).putShort((short) udp).putShort((short) 0);
    return out.array();
  }

  /** An IPv4 frame with two more words: an option of seven bytes that lists one address. */
  private static byte[] optioned(byte[] frame, int kind) {
    ByteBuffer out = ByteBuffer.allocate(frame.length + 8);
    out.put(frame, 0, 34).put((byte) kind).put((byte) 7).put((byte) 4).put(new byte[5]);
    out.put(frame, 34, frame.length - 34);
    return out.put(14, (byte) 0x47).putShort(16, (short) (out.capacity() - 14)).array();
  }

  @Test
  void sourceRoutesAreFoundWhereverTheyLie() {
    long routed = routed();
    long allowed = allowed();
    byte[] plain = frame(false, ALLOWED_PORT, 0, 0);
    byte[] later = plain.clone();
    later[21] = 100; // its place in its datagram
    for (byte[] frame : new byte[][] {plain, later}) {
      send(optioned(frame, STRICT_SOURCE_ROUTE));
    }
    assertEquals(routed + 2, routed());
    send(optioned(plain, RECORD_ROUTE));
    send(optioned(plain, RECORD_ROUTE));
    assertEquals(routed + 2, routed());
    assertEquals(allowed + 2, allowed());
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void portsAreFoundWhereverTheyLie(boolean six) {
    long pulled = pulled();
    long allowed = allowed();
    long denied = denied();
    send(frame(six, ALLOWED_PORT, 0, 0));
    send(frame(six, ALLOWED_PORT, 0, 0));
    send(frame(six, DENIED_PORT, 0, 0));
    assertEquals(pulled + 3, pulled());
    assertEquals(allowed + 2, allowed());
    assertEquals(denied + 1, denied());
  }

  @Test
  void portsAreFoundBehindLongExtensionHeaders() {
    long pulled = pulled();
    long allowed = allowed();
    long denied = denied();
    send(frame(true, ALLOWED_PORT, 7, 256));
    send(frame(true, DENIED_PORT, 7, 256));
    assertEquals(pulled + 2, pulled());
    assertEquals(allowed + 1, allowed());
    assertEquals(denied + 1, denied());
  }

  @Test
  void portsAreFoundBeyondWhatIsFetchedFirst() {
    long pulled = pulled();
    long allowed = allowed();
    long denied = denied();
    send(frame(true, ALLOWED_PORT, 2, LONGEST));
    send(frame(true, DENIED_PORT, 2, LONGEST));
    assertEquals(pulled + 2, pulled());
    assertEquals(allowed + 1, allowed());
    assertEquals(denied + 1, denied());
  }
}
