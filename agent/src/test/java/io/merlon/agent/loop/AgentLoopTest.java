package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.gonePod;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.named;
import static io.merlon.agent.loop.Shop.namespace;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.identity.Address;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.Inspection;
import io.merlon.agent.program.Repair;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentLoopTest {
  private static final Duration CHECK = Duration.ofSeconds(5);

  private long now = 1;

  @Test
  void changesNothingBeforeAllIsKnown() {
    ObservedState earlier = enforcedByAnEarlierProcess();
    FakeDatapath datapath = new FakeDatapath(earlier);
    AgentLoop loop = loop(datapath, UntilKnown.ALLOW);
    tell(loop, SyncState.OWN_PODS, List.of(namespace(Map.of()), pod("web", "10.0.0.1")));
    assertSame(earlier, datapath.observed);
    tell(loop, appeared(link(7, "web")), new LinkEvent.Synced());
    assertSame(earlier, datapath.observed);
    assertEquals(List.of(), datapath.did);
    assertFalse(loop.view().progress().enforcing());
    tell(loop, SyncState.ALL, List.of(denyAll("1")));
    assertEquals(Map.of(7, ref("web")), datapath.bound);
    assertTrue(loop.view().progress().enforcing());
  }

  @Test
  void waitsForTheInterfacesTooBeforeItSweeps() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = loop(datapath, UntilKnown.ALLOW);
    tell(loop, SyncState.ALL, List.of(namespace(Map.of()), pod("web", "10.0.0.1"), denyAll("1")));
    assertEquals(List.of(), datapath.did);
    tell(loop, appeared(link(7, "web")), new LinkEvent.Synced());
    assertEquals(
        List.of("bind " + link(7, "web").name() + " shop/web", "take over", "sweep"), datapath.did);
    tell(loop, List.of(pod("api", "10.0.0.2")));
    assertEquals(3, datapath.did.size(), "swept once");
  }

  @Test
  void guardsUnknownPodsInStrictModeOnly() {
    for (UntilKnown untilKnown : UntilKnown.values()) {
      FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
      AgentLoop loop = loop(datapath, untilKnown);
      tell(loop, appeared(link(7, "web")), appeared(named(2, "eth0")), appeared(named(1, "lo")));
      String guard = "guard " + link(7, "web").name();
      assertEquals(untilKnown == UntilKnown.DENY, datapath.did.contains(guard));
      assertTrue(datapath.did.contains("uplink eth0"));
      assertEquals(untilKnown == UntilKnown.DENY ? 2 : 1, datapath.did.size());
    }
  }

  @Test
  void inStrictModeWhatWasEnforcedGoesOnUntilAllIsKnown() {
    FakeDatapath datapath = new FakeDatapath(enforcedByAnEarlierProcess());
    datapath.guarded = Set.of(new HostInterface(7, link(7, "web").name()));
    AgentLoop loop = loop(datapath, UntilKnown.DENY);
    tell(loop, appeared(link(7, "web")), appeared(link(8, "new")), new LinkEvent.Synced());
    assertEquals(List.of("guard " + link(8, "new").name()), datapath.did);
    tell(loop, SyncState.ALL, List.of(namespace(Map.of()), pod("web", "10.0.0.1"), denyAll("1")));
    assertEquals(Map.of(7, ref("web")), datapath.bound);
  }

  @Test
  void theWayOutOfABranchInterfaceIsNoPods() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = loop(datapath, UntilKnown.DENY);
    tell(loop, appeared(new Link(9, "vlan.eth.1", "vlan", "", true, null)));
    assertEquals(List.of("uplink vlan.eth.1"), datapath.did);
  }

  @Test
  void attachesAnewToAnInterfaceThatWentAndCameWithTheSameNumber() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1")));
    tell(loop, appeared(link(7, "web")));
    datapath.did.clear();
    tell(loop, new LinkEvent.Vanished(link(7, "web")), appeared(link(7, "web")));
    String bind = "bind " + link(7, "web").name() + " shop/web";
    assertEquals(List.of("release 7", bind), datapath.did);
  }

  @Test
  void oneInterfaceThatTakesNoProgramKeepsNothingElseBack() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    datapath.unfit = 7;
    AgentLoop loop = running(datapath);
    tell(loop, appeared(link(7, "web")), appeared(link(8, "api")));
    tell(loop, List.of(pod("web", "10.0.0.1"), pod("api", "10.0.0.2"), denyAll("1")));
    assertEquals(Map.of(8, ref("api")), datapath.bound);
    assertTrue(loop.view().progress().enforcing());
    assertEquals(Set.of(ref("api")), loop.view().attached().keySet());
    assertTrue(loop.view().problems().getFirst().contains("interface 7"));
    assertEquals(new PolicyRevisions.Revision("1", ""), revision(loop), "not everywhere");
    datapath.unfit = 0;
    pass(loop, Duration.ofMillis(50).toNanos());
    assertEquals(Set.of(ref("api"), ref("web")), loop.view().attached().keySet());
    assertEquals(new PolicyRevisions.Revision("1", "1"), revision(loop));
  }

  @Test
  void whatCannotBeRepairedIsNotCalledAttached() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1")));
    tell(loop, appeared(link(7, "web")));
    assertEquals(Set.of(ref("web")), loop.view().attached().keySet());
    datapath.damages.add(new Inspection.Damage(7, "no clsact qdisc"));
    pass(loop, CHECK.toNanos());
    assertEquals(Map.of(), loop.view().attached());
    assertEquals(List.of("no clsact qdisc"), loop.view().problems());
    datapath.damages.clear();
    pass(loop, CHECK.toNanos());
    assertEquals(Set.of(ref("web")), loop.view().attached().keySet());
  }

  @Test
  void armsAPodBeforeItsInterfaceExists() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("late", ""), denyAll("1")));
    Endpoint armed = endpoint(datapath, "late");
    assertEquals(List.of(), armed.addresses());
    tell(loop, appeared(link(9, "late")));
    assertEquals(ref("late"), datapath.bound.get(9));
  }

  @Test
  void takesAPodsAddressFromItsRoute() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    Address address = Address.of("10.0.0.9");
    tell(loop, List.of(pod("late", "")));
    tell(loop, appeared(link(9, "late")), new LinkEvent.RouteAdded(address, 9));
    assertEquals(List.of(address), endpoint(datapath, "late").addresses());
    tell(loop, List.of(pod("late", "10.0.0.9")));
    assertEquals(List.of(address), endpoint(datapath, "late").addresses());
    tell(loop, new LinkEvent.RouteRemoved(address, 9));
    assertEquals(List.of(address), endpoint(datapath, "late").addresses(), "the cluster says it");
  }

  @Test
  void aPodDeletedByForceMayDoNothingUntilItsInterfaceGoes() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("zombie", "10.0.0.3")));
    tell(loop, appeared(link(9, "zombie")));
    assertTrue(allows(datapath, "zombie"));
    tell(loop, List.of(gonePod("zombie")));
    assertFalse(allows(datapath, "zombie"));
    tell(loop, new LinkEvent.Vanished(link(9, "zombie")));
    assertNull(datapath.observed.endpoints().get(ref("zombie")));
    assertTrue(datapath.did.contains("release 9"));
  }

  @Test
  void triesAgainAfterAFailureFromWhereTheKernelIs() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    datapath.failAfter = 1;
    long wait = tell(loop, List.of(pod("web", "10.0.0.1"), denyAll("1")));
    Trouble.Failed failed =
        assertInstanceOf(Trouble.Failed.class, loop.view().trouble().orElseThrow());
    assertEquals(1, failed.attempts());
    assertTrue(failed.reason().contains("map addresses4"), failed.reason());
    assertEquals(new PolicyRevisions.Revision("1", ""), revision(loop));
    assertEquals(Duration.ofMillis(50).toNanos(), wait);
    pass(loop, wait - 1);
    assertTrue(loop.view().trouble().isPresent());
    pass(loop, 1);
    assertEquals(Optional.empty(), loop.view().trouble());
    assertFalse(allows(datapath, "web"));
    assertEquals(new PolicyRevisions.Revision("1", "1"), revision(loop));
  }

  @Test
  void waitsLongerAfterEachFailure() {
    Backoff backoff = Backoff.NONE;
    assertEquals(Duration.ZERO, backoff.delay());
    for (long expected : new long[] {50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 12800}) {
      backoff = backoff.failed();
      assertEquals(expected, backoff.delay().toMillis());
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndTheOldStateStays() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    Capacities.Families ten = new Capacities.Families(10, 10);
    Capacities.Room room = Capacities.UNLIMITED.tables();
    datapath.capacities = new Capacities(10, ten, ten, ten, 100, 1, room, room);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1")));
    ObservedState before = datapath.observed;
    tell(
        loop,
        List.of(
            pod("api", "10.0.0.2"),
            new ClusterEvent.PutNetworkPolicy(
                new io.merlon.agent.api.NetworkPolicy(
                    "shop",
                    "api",
                    "uid",
                    "5",
                    new io.merlon.agent.api.LabelSelector(Map.of("app", "api"), List.of()),
                    null,
                    null,
                    null))));
    assertSame(before, datapath.observed);
    Trouble trouble = loop.view().trouble().orElseThrow();
    assertEquals("does not fit into the kernel's maps: subjects needs 2 of 1", trouble.text());
    assertEquals(List.of(trouble.text()), loop.view().problems());
  }

  @Test
  void annotationsChangeTheModeAtOnce() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1")));
    assertEquals(Mode.ENFORCE, endpoint(datapath, "web").mode());
    tell(loop, List.of(namespace(Map.of(Mode.ANNOTATION, "observe"))));
    assertEquals(Mode.OBSERVE, endpoint(datapath, "web").mode());
    tell(loop, List.of(pod("web", "10.0.0.1", Map.of(Mode.ANNOTATION, "audit"))));
    assertEquals(Mode.AUDIT, endpoint(datapath, "web").mode());
    tell(loop, List.of(pod("web", "10.0.0.1"), namespace(Map.of())));
    assertEquals(Mode.ENFORCE, endpoint(datapath, "web").mode());
  }

  @Test
  void followsThePoliciesRevisions() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = loop(datapath, UntilKnown.ALLOW);
    tell(loop, List.of(denyAll("7")));
    assertEquals(new PolicyRevisions.Revision("7", ""), revision(loop));
    tell(loop, new LinkEvent.Synced());
    tell(loop, SyncState.ALL, List.of());
    assertEquals(new PolicyRevisions.Revision("7", "7"), revision(loop));
    tell(loop, List.of(new ClusterEvent.Gone(denyAll("7").key())));
    assertTrue(loop.view().policies().policies().isEmpty());
  }

  @Test
  void looksEveryFewSecondsWhetherAllIsAsItWas() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    datapath.did.clear();
    datapath.repairs.add(new Repair(Repair.Kind.HOOK, "eni1 ingress"));
    long wait = tell(loop, List.of(pod("web", "10.0.0.1")));
    assertEquals(CHECK.toNanos(), wait);
    pass(loop, wait);
    assertEquals(List.of("check"), datapath.did);
    assertEquals(Map.of(Repair.Kind.HOOK, 1L), loop.view().counts().repairs());
  }

  @Test
  void saysForHowLongSomethingHasBeenFailing() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    assertEquals(Duration.ZERO, loop.sinceWell());
    datapath.failAfter = 0;
    tell(loop, List.of(pod("web", "10.0.0.1")));
    now += Duration.ofSeconds(70).toNanos();
    assertEquals(Duration.ofSeconds(70), loop.sinceWell());
    pass(loop, 0);
    assertEquals(Duration.ZERO, loop.sinceWell());
    datapath.damages.add(new Inspection.Damage(0, "a pin is a file"));
    pass(loop, CHECK.toNanos());
    pass(loop, CHECK.toNanos());
    assertEquals(CHECK.multipliedBy(2), loop.sinceWell());
    datapath.damages.clear();
    pass(loop, CHECK.toNanos());
    assertEquals(Duration.ZERO, loop.sinceWell());
  }

  @Test
  void aChangeThatMeansNothingToTheKernelTouchesNothing() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1"), denyAll("1")));
    int before = datapath.steps;
    tell(loop, List.of(denyAll("2")));
    assertEquals(before, datapath.steps);
    assertEquals(new PolicyRevisions.Revision("2", "2"), revision(loop));
  }

  private AgentLoop running(FakeDatapath datapath) {
    AgentLoop loop = loop(datapath, UntilKnown.ALLOW);
    tell(loop, new LinkEvent.Synced());
    tell(loop, SyncState.ALL, List.of(namespace(Map.of())));
    return loop;
  }

  private AgentLoop loop(FakeDatapath datapath, UntilKnown untilKnown) {
    return new AgentLoop(
        new LoopSettings(
            untilKnown, List.of("eni", "vlan"), List.of("eth", "en", "vlan.eth"), CHECK),
        new AgentLoop.Parts(
            datapath,
            new IncrementalCompiler(CompileOptions.forNode("n1")),
            new PodInterfaces(InterfaceNaming.EKS)),
        () -> now);
  }

  /** What an earlier process left: web may do nothing. */
  private ObservedState enforcedByAnEarlierProcess() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    AgentLoop loop = running(datapath);
    tell(loop, List.of(pod("web", "10.0.0.1"), denyAll("1")));
    return datapath.observed;
  }

  private long tell(AgentLoop loop, List<ClusterEvent> events) {
    return loop.doWork(new Batch(events, Optional.empty(), List.of(), false, now));
  }

  private void tell(AgentLoop loop, SyncState state, List<ClusterEvent> events) {
    loop.doWork(new Batch(events, Optional.of(state), List.of(), false, now));
  }

  private void tell(AgentLoop loop, LinkEvent... events) {
    loop.doWork(new Batch(List.of(), Optional.empty(), List.of(events), false, now));
  }

  private void pass(AgentLoop loop, long nanos) {
    now += nanos;
    loop.doWork(new Batch(List.of(), Optional.empty(), List.of(), false, now));
  }

  private static Endpoint endpoint(FakeDatapath datapath, String pod) {
    return Objects.requireNonNull(datapath.observed.endpoints().get(ref(pod)));
  }

  private static boolean allows(FakeDatapath datapath, String pod) {
    VerdictTable table =
        Objects.requireNonNull(datapath.observed.tableOf(endpoint(datapath, pod).subject()));
    return table.decide(0, Direction.EGRESS, Protocol.TCP, 80).allows();
  }

  private static PolicyRevisions.Revision revision(AgentLoop loop) {
    return Objects.requireNonNull(loop.view().policies().policies().get(denyAll("").key()));
  }
}
