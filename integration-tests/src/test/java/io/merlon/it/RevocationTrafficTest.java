package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Flows that were open when policy turned against them. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record RevocationTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(8);
  private static final long CUT_WITHIN = TimeUnit.SECONDS.toNanos(1);
  private static final long LISTEN = TimeUnit.MILLISECONDS.toNanos(1700);

  /** The one thing that changes; all else allows everything. */
  enum Change {
    CLIENTS_EGRESS,
    SERVERS_INGRESS,
    ALL_OF_THE_CLIENT,
    ALL_OF_THE_SERVER;

    PodPolicy policy() {
      return switch (this) {
        case CLIENTS_EGRESS -> PodPolicy.open().onlyTo();
        case SERVERS_INGRESS -> PodPolicy.open().onlyFrom();
        case ALL_OF_THE_CLIENT, ALL_OF_THE_SERVER -> PodPolicy.closed();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothDirectionsAreCutAndTcpGoesOnWhenRestored(Change change) throws IOException {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.open());
    boolean clients = change == Change.CLIENTS_EGRESS || change == Change.ALL_OF_THE_CLIENT;
    Pod changed = clients ? shop : web;
    try (Chat tcp4 = Chat.tcp(shop, web, false, 80);
        Chat tcp6 = Chat.tcp(shop, web, true, 80);
        Chat udp4 = Chat.udp(shop, web, false, 53);
        Chat udp6 = Chat.udp(shop, web, true, 53)) {
      List<Chat> chats = List.of(tcp4, tcp6, udp4, udp6);
      awaitAll(chats);
      long moment = System.nanoTime();
      node.policy(changed, change.policy());
      Await.until("the time is over", PATIENT, () -> System.nanoTime() - moment > LISTEN);
      List<Long> silent = chats.stream().map(c -> c.lastHeard() - moment).toList();
      System.out.printf(
          "revocation %s %s: last heard after %s us (TCP, TCP over IPv6, UDP, UDP over IPv6)%n",
          node, change, silent.stream().map(TimeUnit.NANOSECONDS::toMicros).toList());
      assertTrue(silent.stream().allMatch(t -> t < CUT_WITHIN), silent + " ns");
      node.policy(changed, PodPolicy.open());
      awaitAll(chats);
    }
  }

  private static void awaitAll(List<Chat> chats) {
    List<List<Long>> before = new ArrayList<>();
    chats.forEach(chat -> before.add(chat.heard()));
    for (int i = 0; i < chats.size(); i++) {
      Chat chat = chats.get(i);
      List<Long> then = before.get(i);
      Await.until("both ends of chat " + i + " hear", PATIENT, () -> chat.heardSince(then));
    }
  }
}
