package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What tests expect of traffic, with the patience each expectation needs. */
final class Expect {
  static final Duration SHORT = Duration.ofMillis(300);
  static final Duration PATIENT = Duration.ofSeconds(8);

  /** A revoked flow is cut within this (semantics NP-21). */
  static final long CUT_WITHIN = TimeUnit.SECONDS.toNanos(1);

  private Expect() {}

  /** A client that takes silence for a denial soon. */
  static Client hasty(NetworkNamespace from) {
    return new Client(from, SHORT);
  }

  static Client hasty(Pod from) {
    return hasty(from.namespace());
  }

  /** A client that waits as long as a slow machine may need. */
  static Client patient(NetworkNamespace from) {
    return new Client(from, PATIENT);
  }

  static Client patient(Pod from) {
    return patient(from.namespace());
  }

  static EchoServer serve(Pod pod, boolean six, int port) {
    return EchoServer.start(pod.namespace(), pod.address(six), port);
  }

  static InetSocketAddress at(InetAddress address, int port) {
    return new InetSocketAddress(address, port);
  }

  static void reachable(Pod from, InetSocketAddress to) {
    Await.until("reachable: " + to, PATIENT, () -> hasty(from).tcp(to) == Outcome.ANSWERED);
  }

  static void unreachable(Pod from, InetSocketAddress to) {
    Await.until("unreachable: " + to, PATIENT, () -> hasty(from).tcp(to) == Outcome.SILENT);
  }

  /** Both ends of every one hear something from now on. */
  static void talking(List<Chat> chats) {
    List<List<Long>> then = chats.stream().map(Chat::heard).toList();
    Await.until(
        "all connections talk",
        PATIENT,
        () -> {
          for (int i = 0; i < chats.size(); i++) {
            if (!chats.get(i).heardSince(then.get(i))) {
              return false;
            }
          }
          return true;
        });
  }

  /**
   * Nobody has heard anything for longer than any packet is under way.
   *
   * @param moment when what cuts them was done
   * @return how long after that the last packet arrived, in microseconds
   */
  static long cut(List<Chat> chats, long moment) {
    Await.until(
        "all connections are silent",
        PATIENT,
        () -> chats.stream().allMatch(c -> System.nanoTime() - c.lastHeard() > CUT_WITHIN));
    long last = chats.stream().mapToLong(Chat::lastHeard).max().orElseThrow() - moment;
    assertTrue(last < CUT_WITHIN, last + " ns");
    return last / 1000;
  }

  static void enforced(AgentNode node, String policy) {
    Await.until(
        policy + " is enforced",
        PATIENT,
        () -> node.agent().get("/v1/policies").contains("\"name\":\"" + policy + "\""));
  }
}
