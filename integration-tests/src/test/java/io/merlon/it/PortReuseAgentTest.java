package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.Stat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Short connections by the thousand from few ports, again and again, ended in every way. Neither
 * pod may be answered but by the table of flows: each is isolated, and only the openings are
 * allowed.
 */
class PortReuseAgentTest {
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 200;
  private static final int ROUNDS = Sizes.pick(15, 500);
  private static final int PATIENCE = 10_000;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;

  PortReuseAgentTest() {
    node.namespace("payments", "name: payments", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("payments", "web", "app: web");
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("in", rule("in", "payments-api", "Ingress", "ingress: [{from", "web"));
    node.write("out", rule("out", "web", "Egress", "egress: [{to", "payments-api"));
    node.agent().start();
  }

  private static String rule(String name, String app, String type, String list, String peer) {
    return Mission.policy(
        "payments",
        name,
        """
        podSelector: {matchLabels: {app: %s}}, policyTypes: [%s],
        %s: [{podSelector: {matchLabels: {app: %s}}}], ports: [{protocol: TCP, port: %d}]}]\
        """
            .formatted(app, type, list, peer, Mission.PORT));
  }

  @AfterEach
  void close() {
    node.close();
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void noConnectionIsDenied(boolean six) throws IOException {
    long begun = System.nanoTime();
    try (EchoServer server = Expect.serve(api, six, Mission.PORT);
        PinnedState state = node.state()) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PORTS; i++) {
          connection(new InetSocketAddress(web.address(six), FIRST_PORT + i), server, round);
        }
      }
      assertEquals((long) ROUNDS * PORTS, server.accepted());
      assertEquals(0, state.dropped(api));
      assertEquals(0, state.dropped(web));
      assertEquals(0, state.stat(Stat.FLOWS_NOT_KEPT));
      assertEquals(0, state.stat(Stat.PICKED_UP));
    }
    System.out.printf(
        "port reuse: %d connections from %d ports in %d ms, none denied%n",
        ROUNDS * PORTS, PORTS, (System.nanoTime() - begun) / 1_000_000);
    assertEquals(0, new Statistics(web.namespace()).netstat("TcpExt", "TCPSynRetrans"));
  }

  private void connection(InetSocketAddress from, EchoServer server, int round) throws IOException {
    try (SocketChannel channel =
        web.namespace().call(() -> SocketChannel.open(Client.family(from)))) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(from);
      channel.socket().connect(server.address(), PATIENCE);
      channel.write(ByteBuffer.wrap(new byte[] {'m'}));
      assertEquals('m', channel.socket().getInputStream().read());
      if ((from.getPort() + round) % 2 == 0) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0); // a reset, at once
      } else {
        // The server ends first and keeps TIME_WAIT; the next round's SYN must end that.
        channel.write(ByteBuffer.wrap(new byte[] {EchoServer.FAREWELL}));
        assertEquals(-1, channel.socket().getInputStream().read());
      }
    }
  }
}
