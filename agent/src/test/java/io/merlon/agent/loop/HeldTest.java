package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.gonePod;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.mirror;
import static io.merlon.agent.loop.Shop.named;
import static io.merlon.agent.loop.Shop.namespace;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.identity.Address;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A pod's interface is held from before it exists until our programs are there. */
class HeldTest {
  private static final String LATE = VpcCniNaming.EKS.hostInterface(ref("late"));
  private static final String SECOND = VpcCniNaming.EKS.hostInterface(ref("late"), 1);

  private final FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);

  private AgentLoop loop(UntilKnown untilKnown) {
    return new AgentLoop(
        new LoopSettings(untilKnown, List.of("eni", "vlan"), List.of("eth"), Duration.ofSeconds(5)),
        new AgentLoop.Parts(
            datapath,
            new IncrementalCompiler(CompileOptions.forNode("n1")),
            new PodInterfaces(InterfaceNaming.EKS)),
        () -> 1);
  }

  private static void tell(AgentLoop loop, List<ClusterEvent> cluster, LinkEvent... links) {
    loop.doWork(new Batch(cluster, Optional.empty(), List.of(links), false, 1));
  }

  private AgentLoop running(UntilKnown untilKnown) {
    AgentLoop loop = loop(untilKnown);
    List<ClusterEvent> all = List.of(namespace(Map.of()), denyAll("1"));
    loop.doWork(
        new Batch(all, Optional.of(SyncState.ALL), List.of(new LinkEvent.Synced()), false, 1));
    return loop;
  }

  @Test
  void anInterfaceIsHeldFromWhenItsPodIsScheduledUntilItIsAttachedTo() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "")));
    assertTrue(datapath.held.containsAll(Set.of(LATE, SECOND)), "held: " + datapath.held);
    tell(loop, List.of(), appeared(link(9, "late")));
    assertFalse(datapath.held.contains(LATE));
    assertTrue(datapath.held.contains(SECOND), "it may have further ones");
    tell(loop, List.of(pod("late", "10.0.0.9")));
    assertEquals(Set.of(), datapath.held, "it has all it will have");
  }

  @Test
  void itIsHeldAgainWhenItGoesAndNoLongerWhenItsPodGoes() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "10.0.0.9")), appeared(link(9, "late")));
    assertEquals(Set.of(), datapath.held);
    tell(loop, List.of(), new LinkEvent.Vanished(link(9, "late")));
    assertTrue(datapath.held.contains(LATE));
    tell(loop, List.of(gonePod("late")));
    assertEquals(Set.of(), datapath.held);
  }

  @Test
  void theNextPodOfANameIsHeldThoughTheFormerOnesInterfaceIsThere() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "first", "10.0.0.9", Map.of())), appeared(link(9, "late")));
    assertEquals(Set.of(), datapath.held);
    tell(loop, List.of(gonePod("late")));
    tell(loop, List.of(pod("late", "second", "", Map.of())));
    assertTrue(datapath.held.contains(LATE), "what is attached to is the first one's");
    assertEquals(Set.of(ref("late")), loop.view().held().pods());
    tell(loop, List.of(), new LinkEvent.Vanished(link(9, "late")), appeared(link(9, "late")));
    assertFalse(datapath.held.contains(LATE), "of the same number, but attached to anew");
    assertEquals(Set.of(), loop.view().held().pods());
    tell(loop, List.of(pod("late", "second", "10.0.0.10", Map.of())));
    assertEquals(Set.of(), datapath.held);
  }

  @Test
  void theNextPodIsHeldThoughItsAddressIsToldAlready() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "first", "10.0.0.9", Map.of())), appeared(link(9, "late")));
    tell(loop, List.of(pod("late", "second", "10.0.0.9", Map.of())));
    assertTrue(datapath.held.contains(LATE));
    tell(loop, List.of(), new LinkEvent.Vanished(link(9, "late")), appeared(link(10, "late")));
    assertEquals(Set.of(), datapath.held);
  }

  /** The cluster may be late, the kernel is not. */
  @Test
  void anInterfaceThatCameBeforeItsPodWasToldIsItsOwnOnceItsAddressLeadsThere() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "first", "10.0.0.9", Map.of())), appeared(link(9, "late")));
    tell(loop, List.of(), routed("10.0.0.9", 9));
    tell(
        loop,
        List.of(),
        unrouted("10.0.0.9", 9),
        new LinkEvent.Vanished(link(9, "late")),
        appeared(link(10, "late")),
        routed("10.0.0.10", 10));
    tell(loop, List.of(gonePod("late")));
    tell(loop, List.of(pod("late", "second", "", Map.of())));
    assertTrue(datapath.held.contains(LATE), "whose it is is not known yet");
    tell(loop, List.of(pod("late", "second", "10.0.0.10", Map.of())));
    assertEquals(Set.of(), datapath.held);
    assertEquals(Set.of(), loop.view().held().pods());
  }

  @Test
  void anInterfaceToWhichTheFormerPodsAddressLeadsOpensNothing() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(
        loop,
        List.of(pod("late", "first", "10.0.0.9", Map.of())),
        appeared(link(9, "late")),
        routed("10.0.0.9", 9));
    tell(loop, List.of(pod("late", "second", "10.0.0.10", Map.of())));
    assertTrue(datapath.held.contains(LATE));
    tell(loop, List.of(), routed("10.0.0.10", 9));
    assertTrue(datapath.held.contains(LATE), "the former one's leads there still");
    tell(loop, List.of(), unrouted("10.0.0.9", 9));
    assertEquals(Set.of(), datapath.held);
  }

  /** Where only routes tell whose an interface is, a name says nothing. */
  @Test
  void anInterfaceFoundByItsRouteIsThePodsWhoseAddressThatIs() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(
        loop,
        List.of(pod("late", "first", "10.0.0.9", Map.of())),
        appeared(named(9, "cali1")),
        routed("10.0.0.9", 9));
    assertEquals(Set.of(), datapath.held);
    tell(loop, List.of(pod("late", "second", "", Map.of())), appeared(named(10, "cali2")));
    tell(loop, List.of(), routed("10.0.0.10", 10));
    assertTrue(datapath.held.contains(LATE), "the first one's may be there still");
    tell(loop, List.of(pod("late", "second", "10.0.0.10", Map.of())));
    assertEquals(ref("late"), datapath.bound.get(10));
    assertEquals(Set.of(), datapath.held);
  }

  private static LinkEvent routed(String address, int ifindex) {
    return new LinkEvent.RouteAdded(Address.of(address), ifindex);
  }

  private static LinkEvent unrouted(String address, int ifindex) {
    return new LinkEvent.RouteRemoved(Address.of(address), ifindex);
  }

  @Test
  void aStaticPodGoesOnWhenItsMirrorIsMadeAgain() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(mirror("late", "first", "10.0.0.9")), appeared(link(9, "late")));
    tell(loop, List.of(mirror("late", "second", "")));
    assertFalse(datapath.held.contains(LATE));
    tell(loop, List.of(mirror("late", "second", "10.0.0.9")));
    assertEquals(Set.of(), datapath.held);
  }

  @Test
  void aPodThatCannotBePlannedForIsHeldWhereTheUnknownIsDenied() {
    for (UntilKnown untilKnown : UntilKnown.values()) {
      datapath.held = Set.of();
      AgentLoop loop = running(untilKnown);
      datapath.failAfter = 0;
      tell(loop, List.of(pod("late", "")));
      assertTrue(loop.view().trouble().isPresent());
      assertEquals(untilKnown == UntilKnown.DENY, datapath.held.contains(LATE));
      tell(loop, List.of(), appeared(link(9, "late")));
    }
  }

  @Test
  void anInterfaceNobodyKnowsYetIsDeniedAndNamedWhereTheUnknownIsDenied() {
    AgentLoop loop = running(UntilKnown.DENY);
    tell(loop, List.of(), appeared(link(9, "late")));
    assertTrue(datapath.did.contains("guard " + LATE), datapath.did::toString);
    assertEquals(Map.of(new HostInterface(9, LATE), new HookUse.OfUnknown()), loop.view().hooks());
    tell(loop, List.of(pod("late", "")));
    assertEquals(ref("late"), datapath.bound.get(9));
    assertEquals(
        Map.of(new HostInterface(9, LATE), new HookUse.OfPod(ref("late"))), loop.view().hooks());
  }

  @Test
  void whatHasNoTableIsDenied() {
    assertTrue(Held.denies(null));
    assertTrue(Held.denies(VerdictTable.of(Row.of(Decision.deny(new DecidedBy.Forgotten())))));
    assertFalse(Held.denies(VerdictTable.of(Row.of(Decision.NOT_A_SUBJECT))));
  }

  @Test
  void whoMayDoEverythingIsNotHeld() {
    AgentLoop loop = running(UntilKnown.ALLOW);
    tell(loop, List.of(pod("late", "", Map.of(Mode.ANNOTATION, "audit"))));
    assertEquals(Set.of(), datapath.held);
    tell(loop, List.of(pod("late", "")));
    assertTrue(datapath.held.contains(LATE));
    tell(loop, List.of(new ClusterEvent.Gone(denyAll("1").key())));
    assertEquals(Set.of(), datapath.held);
  }

  @Test
  void nothingChangesUntilAllIsKnown() {
    datapath.held = Set.of("by an earlier process");
    AgentLoop loop = loop(UntilKnown.DENY);
    tell(loop, List.of(namespace(Map.of()), denyAll("1"), pod("late", "")));
    assertEquals(Set.of("by an earlier process"), datapath.held);
    loop.doWork(
        new Batch(
            List.of(), Optional.of(SyncState.ALL), List.of(new LinkEvent.Synced()), false, 1));
    assertTrue(datapath.held.contains(LATE));
    assertFalse(datapath.held.contains("by an earlier process"));
  }

  @Test
  void whatTakesNoProgramIsOpenWhereTheUnknownIs() {
    for (UntilKnown untilKnown : UntilKnown.values()) {
      AgentLoop loop = running(untilKnown);
      datapath.unfit = 9;
      tell(loop, List.of(pod("late", "")), appeared(link(9, "late")));
      assertEquals(untilKnown == UntilKnown.DENY, datapath.held.contains(LATE));
      assertTrue(loop.view().trouble().isPresent());
    }
  }
}
