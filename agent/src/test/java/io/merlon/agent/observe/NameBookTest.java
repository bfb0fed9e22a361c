package io.merlon.agent.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.AddressOwner;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.WorkloadRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names of those who are there, and of those who have just gone. */
class NameBookTest {
  private static final Address ADDRESS = Address.of("10.0.0.7");

  private final IncrementalCompiler compiler =
      new IncrementalCompiler(CompileOptions.forNode("n1"));
  private long now;
  private final NameBook book = new NameBook(compiler, () -> now);

  @BeforeEach
  void begin() {
    tell(new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of())));
  }

  private void tell(ClusterEvent event) {
    book.leaving(event);
    compiler.apply(List.of(event));
  }

  private static ClusterEvent.PutPod pod(String name, Pod.Phase phase) {
    return pod(name, phase, "10.0.0.7");
  }

  private static ClusterEvent.PutPod pod(String name, Pod.Phase phase, String address) {
    return new ClusterEvent.PutPod(
        new Pod(
            "shop",
            name,
            "uid-" + name,
            Map.of("pod-template-hash", "5d"),
            Map.of(),
            "web",
            "n2",
            false,
            phase,
            List.of(address),
            List.of(),
            new Pod.Owner("ReplicaSet", "web-5d"),
            false));
  }

  private static ClusterEvent gone(String name) {
    return new ClusterEvent.Gone(new ClusterEvent.Key(ClusterEvent.Kind.POD, "shop", name));
  }

  private AddressOwner.OfPod owner() {
    return assertInstanceOf(AddressOwner.OfPod.class, book.owner(ADDRESS));
  }

  @Test
  void aPodIsNamedWithItsWorkload() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    assertEquals("web-5d-a", owner().pod().name());
    assertEquals(new WorkloadRef("shop", "Deployment", "web"), owner().workload());
    assertEquals("web", owner().serviceAccount());
    assertEquals("n2", owner().node());
  }

  @Test
  void aPodThatIsGoneIsNamedForTenMinutes() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    tell(gone("web-5d-a"));
    now = Duration.ofMinutes(9).toNanos();
    assertEquals("web-5d-a", owner().pod().name());
    assertEquals(new WorkloadRef("shop", "Deployment", "web"), owner().workload());
    now = Duration.ofMinutes(11).toNanos();
    assertEquals(new AddressOwner.Outside(), book.owner(ADDRESS));
  }

  @Test
  void aPodThatFinishedIsNamedToo() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    tell(pod("web-5d-a", Pod.Phase.SUCCEEDED));
    assertEquals("web-5d-a", owner().pod().name());
  }

  @Test
  void whoHasTheAddressNowComesFirst() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    tell(gone("web-5d-a"));
    tell(pod("web-5d-b", Pod.Phase.RUNNING));
    assertEquals("web-5d-b", owner().pod().name());
  }

  @Test
  void onlySoManyThatAreGoneAreRemembered() {
    for (int i = 0; i < 9000; i++) {
      tell(pod("web-5d-" + i, Pod.Phase.RUNNING, "10.1." + i / 250 + "." + i % 250));
      tell(gone("web-5d-" + i));
    }
    assertEquals(8192, book.remembered());
    assertEquals(new AddressOwner.Outside(), book.owner(Address.of("10.1.0.0")));
    assertInstanceOf(AddressOwner.OfPod.class, book.owner(Address.of("10.1.35.249")));
  }
}
