package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.named;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Interfaces that an earlier process left. */
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
}
