package io.merlon.agent.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.WorkloadRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PeerDenialsTest {
  private static PeerDenials.Key key(String workload, int peer) {
    return new PeerDenials.Key(
        new WorkloadRef("shop", "", workload),
        "ingress",
        Series.Outcome.DENIED,
        "pod",
        "ns" + peer,
        "w");
  }

  private static PeerDenials.Key key(int peer) {
    return key("web", peer);
  }

  private static Set<String> named(PeerDenials denials) {
    return denials.counted().packets().keySet().stream()
        .filter(key -> !key.peerKind().equals("other"))
        .map(PeerDenials.Key::peerNamespace)
        .collect(Collectors.toSet());
  }

  private static long sum(PeerDenials denials) {
    return denials.counted().packets().values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void tenThousandPeersStayWithinTheBound() {
    PeerDenials denials = new PeerDenials(100);
    for (int i = 0; i < 10_000; i++) {
      denials.add(key(i), 2);
    }
    assertTrue(denials.counted().packets().size() <= 101, "series: " + denials.counted());
    assertTrue(denials.counted().overflowed() >= 19_000, "others: " + denials.counted());
  }

  @Test
  void countsEveryPacketOnceWhileNothingIsReplaced() {
    PeerDenials denials = new PeerDenials(100);
    for (int i = 0; i < 1000; i++) {
      denials.add(key(i), 2);
    }
    assertEquals(2000, sum(denials));
    assertEquals(1800, denials.counted().overflowed());
    assertEquals(0, denials.counted().replaced());
  }

  /** Whoever comes late but is denied most has a name; the many that were first have not. */
  @Test
  void namesThoseWithTheMost() {
    PeerDenials denials = new PeerDenials(50);
    for (int i = 1000; i < 11_000; i++) {
      denials.add(key(i), 1);
    }
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 50; i++) {
        denials.add(key(i), 3);
      }
      denials.add(key(20_000 + round), 1);
    }
    Map<String, Boolean> loud = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      loud.put("ns" + i, true);
    }
    assertEquals(loud.keySet(), named(denials));
    assertTrue(denials.counted().replaced() >= 50, "replaced: " + denials.counted().replaced());
  }

  @Test
  void whoWasLoudLongAgoGivesWay() {
    PeerDenials denials = new PeerDenials(1);
    denials.add(key(1), 1000);
    denials.add(key(2), 100);
    assertEquals(Set.of("ns1"), named(denials));
    for (int hour = 0; hour < 6; hour++) {
      denials.age();
      denials.add(key(2), 100);
    }
    assertEquals(Set.of("ns2"), named(denials));
  }

  @Test
  void withoutNamesAllAreOthers() {
    PeerDenials denials = new PeerDenials(0);
    denials.add(key(1), 7);
    denials.add(key(2), 7);
    assertEquals(14, sum(denials));
    assertEquals(Set.of(), named(denials));
  }

  @Test
  void othersAreBoundedToo() {
    PeerDenials denials = new PeerDenials(0);
    for (int i = 0; i < 5000; i++) {
      denials.add(key("web" + i, 1), 1);
    }
    assertEquals(1025, denials.counted().packets().size());
    assertEquals(5000, sum(denials));
  }
}
