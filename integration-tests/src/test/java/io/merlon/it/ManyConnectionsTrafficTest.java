package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.Stat;
import io.merlon.it.PodPolicy.Allow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections in numbers, all allowed: not one packet of theirs may be denied. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record ManyConnectionsTrafficTest(EnforcedNode node) {
  private static final int PORT = 80;
  private static final int AT_ONCE = 1000;
  private static final int FIRST_PORT = 20000;
  private static final int PORTS = 250;
  private static final int REUSES = 20;
  private static final int PATIENCE = 5000;

  private Pod web(PodPolicy policy) {
    return node.pod("web", policy);
  }

  /** Both pods allow this and nothing else. */
  private Pod shopAllowed(Pod web) {
    Pod shop = node.pod("shop", PodPolicy.closed().onlyTo(Allow.tcp(node.number(web), PORT)));
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.tcp(node.number(shop), PORT)));
    return shop;
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aThousandAtOnce(boolean six) throws IOException {
    Pod web = web(PodPolicy.open());
    Pod shop = shopAllowed(web);
    long before = node.denials();
    int flows = node.datapath().flows(six).entries().size();
    List<SocketChannel> open = new ArrayList<>();
    try (EchoServer server = EchoServer.start(web.namespace(), web.address(six), PORT)) {
      for (int i = 0; i < AT_ONCE; i++) {
        SocketChannel channel = new Client(shop.namespace(), Duration.ZERO).open(server.address());
        open.add(channel);
        channel.socket().connect(server.address(), PATIENCE);
      }
      for (int i = 0; i < AT_ONCE; i++) {
        exchange(open.get(i), i);
      }
      assertEquals(AT_ONCE, server.accepted());
      // One entry at each pod's interface.
      assertEquals(flows + 2 * AT_ONCE, node.datapath().flows(six).entries().size());
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
    assertEquals(before, node.denials());
    assertEquals(0, node.datapath().stat(Stat.FLOWS_NOT_KEPT));
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void thousandsOneAfterAnotherFromTheSamePorts(boolean six) throws IOException {
    Pod web = web(PodPolicy.open());
    Pod shop = shopAllowed(web);
    long before = node.denials();
    try (EchoServer server = EchoServer.start(web.namespace(), web.address(six), PORT)) {
      for (int round = 0; round < REUSES; round++) {
        for (int i = 0; i < PORTS; i++) {
          // A reset leaves no TIME_WAIT behind, so that the ports are free for the next round.
          shortConnection(shop, new InetSocketAddress(shop.address(six), FIRST_PORT + i), server);
        }
      }
      assertEquals(PORTS * REUSES, server.accepted());
    }
    assertEquals(before, node.denials());
  }

  private static void shortConnection(Pod shop, InetSocketAddress from, EchoServer server)
      throws IOException {
    try (SocketChannel channel =
        shop.namespace().call(() -> SocketChannel.open(Client.family(from)))) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(from);
      channel.socket().connect(server.address(), PATIENCE);
      exchange(channel, from.getPort());
      boolean reset = from.getPort() % 2 == 0;
      if (reset) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } else {
        channel.write(ByteBuffer.wrap(new byte[] {EchoServer.FAREWELL}));
        assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
      }
    }
  }

  private static void exchange(SocketChannel channel, int number) throws IOException {
    channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES);
    while (answer.hasRemaining() && channel.read(answer) >= 0) {}
    assertEquals(number, answer.flip().getInt());
  }
}
