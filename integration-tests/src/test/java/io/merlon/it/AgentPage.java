package io.merlon.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What the agent of a node says there, at its default address. */
final class AgentPage {
  private static final int PORT = 9469;

  private AgentPage() {}

  /** The whole answer to a request, or "" if nobody answers. */
  static String get(NetworkNamespace node, String path) {
    return node.call(() -> {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT), 1000);
        socket.setSoTimeout(5000);
        String request =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return "";
      }
    });
  }

  static boolean isReady(NetworkNamespace node) {
    return get(node, "/readyz").startsWith("HTTP/1.1 200");
  }
}
