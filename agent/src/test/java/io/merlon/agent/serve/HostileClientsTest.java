package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients do that do nothing, too little or too much must not concern a health check. */
class HostileClientsTest {
  /** More than both ends' buffers hold. */
  private static final String LARGE = "a".repeat(16 << 20);

  private final AtomicInteger asked = new AtomicInteger();
  private final List<Socket> sockets = new ArrayList<>();
  private StatusServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        ServedHere.now(request -> {
          if (request.path().equals("/large")) {
            asked.incrementAndGet();
            return Response.text(200, LARGE);
          }
          if (request.path().equals("/mistake")) {
            throw new IllegalStateException("a mistake of ours");
          }
          return Response.text(200, request.path());
        });
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(5000);
    sockets.add(socket);
    return socket;
  }

  private void healthIsAnswered() throws IOException {
    assertEquals("/healthz", StatusClient.get(server.address(), "/healthz"));
  }

  @Test
  void aThousandIdleConnectionsKeepNobodyOut() throws IOException {
    for (int i = 0; i < 1000; i++) {
      connect();
    }
    healthIsAnswered();
  }

  @Test
  void slowRequestsKeepNobodyOut() throws IOException {
    for (int i = 0; i < 400; i++) {
      connect()
          .getOutputStream()
          .write("GET /x HTTP/1.1\r\nHost: localhost\r\nX-".getBytes(StandardCharsets.US_ASCII));
    }
    healthIsAnswered();
    for (Socket socket : sockets.subList(350, 400)) {
      socket.getOutputStream().write('a');
    }
    healthIsAnswered();
  }

  @Test
  void whoAsksAndDoesNotReadIsAnsweredOnce() throws IOException {
    byte[] request =
        "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 10; i++) {
      Socket socket = connect();
      for (int j = 0; j < 20; j++) {
        socket.getOutputStream().write(request);
      }
      healthIsAnswered();
    }
    healthIsAnswered();
    assertEquals(10, asked.get());
  }

  @Test
  void hugeHeadersAreRefused() throws IOException {
    Socket socket = connect();
    String request = "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
    healthIsAnswered();
  }

  private String statusOf(String request) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return answer.lines().findFirst().orElse("");
  }

  /** A page of elsewhere whose name was made to lead here says that name. */
  @Test
  void whoAsksForSomebodyElseIsRefused() throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
    for (String other : List.of("evil.example", "evil.example:9469", "127.0.0.1.evil.example")) {
      assertEquals("HTTP/1.1 421 Misdirected Request", statusOf(request.formatted(other)), other);
    }
    for (String own : List.of("localhost", "LOCALHOST:9469", "127.0.0.1:9469", "[::1]:9469")) {
      assertEquals("HTTP/1.1 200 OK", statusOf(request.formatted(own)), own);
    }
    assertEquals("HTTP/1.1 200 OK", statusOf("GET / HTTP/1.0\r\n\r\n"));
  }

  @Test
  void aMistakeOfOursIsSaidAndConcernsNobodyElse() throws IOException {
    assertEquals(
        "HTTP/1.1 500 Internal Server Error",
        statusOf("GET /mistake HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    healthIsAnswered();
  }

  @Test
  void nonsenseIsRefused() throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write("\u0000\u0001 nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
    healthIsAnswered();
  }
}
