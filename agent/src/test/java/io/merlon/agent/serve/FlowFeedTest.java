package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.agent.flows.Flow;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.flows.SampleFlow;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flows over real HTTP: the latest, and live, as server-sent events. */
class FlowFeedTest {
  private final FlowLog log = new FlowLog();
  private final FlowPages pages = new FlowPages(log, InstantSource.fixed(SampleFlow.TIME));
  private final List<Socket> sockets = new ArrayList<>();
  private StatusServer server;

  @BeforeEach
  void start() {
    server = ServedHere.now(pages::answer);
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
    log.close();
  }

  private Socket follow(String query) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    String request = "GET /v1/flows?follow" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String nextId(BufferedReader events) throws IOException {
    String line = String.valueOf(events.readLine());
    while (!line.startsWith("id: ")) {
      line = String.valueOf(events.readLine());
    }
    String data = String.valueOf(events.readLine());
    assertTrue(data.startsWith("data: {\"schema\":\"merlon.flow/v1\""), data);
    return line.substring(4);
  }

  /** One that is there already. */
  private static String line(BufferedReader events) {
    try {
      return events.ready() ? String.valueOf(events.readLine()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Flow from(String id, String verdict) {
    return verdict.equals("denied") ? SampleFlow.denied(id) : SampleFlow.allowed(id);
  }

  @Test
  void followersGetWhatPassesTheirFilter() throws IOException {
    log.accept(List.of(from("old-allowed", "allowed"), from("old-denied", "denied")));
    BufferedReader denied = reader(follow("&verdict=denied"));
    BufferedReader port = reader(follow("&port=443&to=shop/db"));
    BufferedReader none = reader(follow("&from=guests"));
    assertEquals("old-denied", nextId(denied));
    assertEquals("old-allowed", nextId(port));
    assertEquals("old-denied", nextId(port));
    assertTrue(String.valueOf(none.readLine()).startsWith("HTTP/1.1 200"));
    Waiting.until("three follow", () -> log.followers() == 3);
    log.accept(List.of(from("new-allowed", "allowed"), from("new-denied", "denied")));
    assertEquals("new-denied", nextId(denied));
    assertEquals("new-allowed", nextId(port));
    assertEquals("new-denied", nextId(port));
  }

  @Test
  void aFilterNobodyKnowsIsRefused() throws IOException {
    assertEquals("HTTP/1.1 400 Bad Request", reader(follow("&colour=red")).readLine());
  }

  @Test
  void aTimeBeforeAllTimesIsRefused() throws IOException {
    for (String since : List.of("9223372036854775807", "-1", "99999999999999999999")) {
      assertEquals("HTTP/1.1 400 Bad Request", reader(follow("&since=" + since)).readLine(), since);
    }
  }

  @Test
  void whoLeavesIsFedNoMore() throws IOException {
    Socket socket = follow("");
    Waiting.until("one follows", () -> log.followers() == 1);
    socket.close();
    Waiting.until(
        "nobody follows",
        () -> {
          log.accept(List.of(from("x", "denied")));
          return log.followers() == 0;
        });
  }

  /** One that does not read misses events; it costs no memory and holds nobody up. */
  @Test
  void whoDoesNotReadHoldsNobodyUp() throws IOException {
    follow("");
    Waiting.until("one follows", () -> log.followers() == 1);
    List<Flow> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(from("f" + i, "denied"));
    }
    for (int i = 0; i < 100; i++) {
      log.accept(many);
    }
    BufferedReader other = reader(follow("&limit=1"));
    assertEquals("f999", nextId(other));
  }

  @Test
  void whoReadsTooLateIsToldHowMuchIsMissing() throws IOException {
    Socket socket = follow("");
    Waiting.until("one follows", () -> log.followers() == 1);
    int sent = 0;
    while (log.missed() == 0) {
      log.accept(List.of(from("f" + sent++, "denied")));
    }
    BufferedReader events = reader(socket);
    Waiting.until(
        "it is told",
        () -> {
          log.idle();
          return line(events).equals("event: missed");
        });
    String said = String.valueOf(events.readLine());
    assertEquals("data: {\"schema\":\"merlon.missed/v1\",\"missed\":" + log.missed() + "}", said);
    assertEquals(
        "# " + log.missed() + " flows are missing here: they were not read in time",
        FlowClient.text(said.substring("data: ".length())));
  }

  @Test
  void thereAreOnlySoManyFollowers() throws IOException {
    for (int i = 0; i < 16; i++) {
      assertEquals("HTTP/1.1 200 OK", reader(follow("")).readLine());
    }
    assertEquals("HTTP/1.1 503 Service Unavailable", reader(follow("")).readLine());
  }
}
