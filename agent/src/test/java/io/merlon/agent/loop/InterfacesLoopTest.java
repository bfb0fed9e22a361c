package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.gonePod;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.named;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Interfaces that an earlier process left, and those that take no program. */
class InterfacesLoopTest {
  private static final Link ZOMBIES = link(9, "zombie");

  private static AgentLoop over(FakeDatapath datapath) {
    return PaperLoop.over(datapath, () -> 1);
  }

  private static long tell(AgentLoop loop, List<ClusterEvent> cluster, LinkEvent... links) {
    return loop.doWork(new Batch(cluster, Optional.empty(), List.of(links), false, 1));
  }

  /** What a process leaves that bound one interface. */
  private static FakeDatapath left(ObservedState observed, String pod, Link link) {
    HostInterface at = new HostInterface(link.ifindex(), link.name());
    FakeDatapath datapath = new FakeDatapath(observed);
    datapath.guarded = Set.of(at);
    datapath.owners = Map.of(at, ref(pod));
    return datapath;
  }

  private static ObservedState withZombie() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    over(datapath).doWork(PaperLoop.all(List.of(pod("zombie", "10.0.0.3")), appeared(ZOMBIES)));
    assertTrue(allows(datapath, "zombie"));
    return datapath.observed;
  }

  private static boolean allows(FakeDatapath datapath, String pod) {
    var endpoint = Objects.requireNonNull(datapath.observed.endpoints().get(ref(pod)));
    var table = datapath.observed.tableOf(endpoint.subject());
    return !Held.denies(table);
  }

  @Test
  void aPodDeletedByForceMayDoNothingAfterARestartEither() {
    FakeDatapath datapath = left(withZombie(), "zombie", ZOMBIES);
    AgentLoop loop = over(datapath);
    loop.doWork(PaperLoop.all(List.of(), appeared(ZOMBIES)));
    assertEquals(Map.of(9, ref("zombie")), datapath.bound);
    assertFalse(allows(datapath, "zombie"));

    FakeDatapath next = left(datapath.observed, "zombie", ZOMBIES);
    AgentLoop again = over(next);
    again.doWork(PaperLoop.all(List.of(), appeared(ZOMBIES)));
    assertFalse(allows(next, "zombie"), "after another restart");
    tell(again, List.of(), new LinkEvent.Vanished(ZOMBIES));
    assertNull(next.observed.endpoints().get(ref("zombie")));
    assertEquals(Map.of(), next.bound);
  }

  @Test
  void anotherInterfaceOfItsNumberIsNotItsOwn() {
    FakeDatapath datapath = left(withZombie(), "zombie", ZOMBIES);
    over(datapath).doWork(PaperLoop.all(List.of(), appeared(named(9, "eniother"))));
    assertNull(datapath.observed.endpoints().get(ref("zombie")));
    assertEquals(Map.of(), datapath.bound);
  }

  @Test
  void whatCameAfterItWentIsNotItsOwnEither() {
    FakeDatapath datapath = left(withZombie(), "zombie", ZOMBIES);
    AgentLoop loop = over(datapath);
    tell(loop, List.of(), appeared(ZOMBIES), new LinkEvent.Vanished(ZOMBIES), appeared(ZOMBIES));
    loop.doWork(PaperLoop.all(List.of()));
    assertNull(datapath.observed.endpoints().get(ref("zombie")));
  }

  @Test
  void whatAnEarlierProcessLeftIsForgottenWithItsInterface() {
    FakeDatapath datapath = left(withZombie(), "zombie", ZOMBIES);
    AgentLoop loop = over(datapath);
    tell(loop, List.of(), appeared(ZOMBIES));
    assertEquals(List.of(), datapath.did);
    tell(loop, List.of(), new LinkEvent.Vanished(ZOMBIES), appeared(named(9, "stranger")));
    assertEquals(List.of("release 9"), datapath.did);
  }

  @Test
  void whatWentBeforeInterfacesWereToldIsForgottenWhenTheyAre() {
    FakeDatapath datapath = left(withZombie(), "zombie", ZOMBIES);
    AgentLoop loop = over(datapath);
    tell(loop, List.of(), appeared(named(1, "lo")));
    assertEquals(List.of(), datapath.did);
    tell(loop, List.of(), new LinkEvent.Synced());
    assertEquals(List.of("release 9"), datapath.did);
  }

  @Test
  void isNotEnforcingWhereNoInterfaceTakesAProgram() {
    FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
    datapath.unfit = 7;
    AgentLoop loop = over(datapath);
    loop.doWork(PaperLoop.all(List.of(denyAll("1"))));
    assertTrue(loop.view().progress().enforcing(), "there is none to attach to");
    tell(loop, List.of(pod("web", "10.0.0.1")), appeared(link(7, "web")));
    assertFalse(loop.view().progress().enforcing());
    assertTrue(datapath.did.contains("sweep"));
    tell(loop, List.of(pod("api", "10.0.0.2")), appeared(link(8, "api")));
    assertTrue(loop.view().progress().enforcing(), "one does");
    tell(loop, List.of(gonePod("api")), new LinkEvent.Vanished(link(8, "api")));
    assertFalse(loop.view().progress().enforcing());
    datapath.unfit = 0;
    tell(loop, List.of(denyAll("2")));
    assertTrue(loop.view().progress().enforcing());
  }
}
