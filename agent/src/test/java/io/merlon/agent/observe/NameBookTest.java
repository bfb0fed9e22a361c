package io.merlon.agent.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Optional;
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

  private static String name(Optional<AddressOwner> owner) {
    return owner.map(it -> ((AddressOwner.OfPod) it).pod().name()).orElse("nobody knows");
  }

  private String at(long seconds) {
    long when = Duration.ofSeconds(seconds).toNanos();
    return book.hasChanged(ADDRESS, when)
        ? name(book.formerOwner(ADDRESS, when))
        : name(Optional.of(book.owner(ADDRESS)));
  }

  private void second(long seconds) {
    now = Duration.ofSeconds(seconds).toNanos();
  }

  /** An address goes from hand to hand. */
  @Test
  void whoComesLaterIsNotNamedForWhatWasBefore() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    assertEquals("web-5d-a", at(-3600));
    second(100);
    tell(gone("web-5d-a"));
    second(130);
    tell(pod("web-5d-b", Pod.Phase.RUNNING));
    assertEquals("web-5d-a", at(-3600));
    assertEquals("web-5d-a", at(50));
    assertEquals("web-5d-b", at(131));
    second(200);
    tell(gone("web-5d-b"));
    tell(pod("web-5d-c", Pod.Phase.RUNNING));
    assertEquals("nobody knows", at(50));
    assertEquals("web-5d-b", at(131));
    assertEquals("web-5d-c", at(201));
    second(900);
    assertEquals("nobody knows", at(131));
    assertEquals("web-5d-c", at(201));
  }

  @Test
  void whoTakesAnAddressNobodyHadWasNotThereLongBefore() {
    second(1000);
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    assertEquals("nobody knows", at(900));
    assertEquals("web-5d-a", at(950));
  }

  @Test
  void aPodThatGetsAnotherAddressGivesUpItsOwn() {
    tell(pod("web-5d-a", Pod.Phase.RUNNING));
    second(100);
    tell(pod("web-5d-a", Pod.Phase.RUNNING, "10.0.0.8"));
    tell(pod("web-5d-b", Pod.Phase.RUNNING));
    assertEquals("web-5d-a", at(50));
    assertEquals("web-5d-b", at(101));
  }

  /** Memory of changes is shared by all addresses: few are taken for changed that are not. */
  @Test
  void addressesThatDidNotChangeKeepTheirNames() {
    tell(pod("web-5d-x", Pod.Phase.RUNNING));
    second(100);
    for (int i = 0; i < 2000; i++) {
      tell(pod("web-5d-" + i, Pod.Phase.RUNNING, "10.1." + i / 250 + "." + i % 250));
      tell(gone("web-5d-" + i));
    }
    int changed = 0;
    for (int i = 0; i < 10_000; i++) {
      changed += book.hasChanged(new Address.V4(0x0a020000 + i), 0) ? 1 : 0;
    }
    assertTrue(changed < 100, changed + " of 10,000");
    for (int i = 0; i < 2000; i++) {
      assertTrue(book.hasChanged(Address.of("10.1." + i / 250 + "." + i % 250), 0));
    }
  }
}
