package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.namespace;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.Glass;
import io.merlon.agent.glass.GlassFolder;
import io.merlon.agent.glass.Scope;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.watch.SyncState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broken glass turns enforcement into audit in the kernel, and back, whatever else happens. */
class GlassLoopTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path root;
  private final FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
  private Instant now = START;

  private AgentLoop running() {
    AgentLoop loop = started();
    loop.doWork(
        new Batch(
            List.of(namespace(Map.of()), pod("web", "10.0.0.1"), denyAll("1")),
            Optional.of(SyncState.ALL),
            List.of(appeared(link(7, "web")), new LinkEvent.Synced()),
            false,
            1));
    return loop;
  }

  /** That is told nothing. */
  private AgentLoop started() {
    return new AgentLoop(
        new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5)),
        new AgentLoop.Parts(
            datapath,
            new IncrementalCompiler(CompileOptions.forNode("n1")),
            new PodInterfaces(InterfaceNaming.EKS),
            new Glass(
                GlassFolder.below(root),
                () -> now,
                () -> Duration.between(START, now).plusSeconds(600))),
        () -> 1);
  }

  private static long idle(AgentLoop loop) {
    return loop.doWork(new Batch(List.of(), Optional.empty(), List.of(), false, 1));
  }

  private Mode enforced() {
    return Objects.requireNonNull(datapath.observed.endpoints().get(ref("web"))).mode();
  }

  private void breakFor(Duration length) throws IOException {
    GlassFolder.below(root)
        .put(new Break(new Scope.Namespace("shop"), START.plus(length), "ops", "down"));
  }

  @Test
  void auditsWhileItIsBrokenAndEnforcesAgainByItself() throws IOException {
    AgentLoop loop = running();
    assertEquals(Mode.ENFORCE, enforced());
    breakFor(Duration.ofMinutes(15));
    assertTrue(idle(loop) <= Glass.LOOK.toNanos(), "the loop looks often enough");
    assertEquals(Mode.AUDIT, enforced());
    assertEquals(1, loop.view().breaks().all().size());
    now = START.plus(Duration.ofMinutes(15));
    idle(loop);
    assertEquals(Mode.ENFORCE, enforced());
  }

  @Test
  void aRestartForgetsNeitherTheBreakNorItsEnd() throws IOException {
    running();
    breakFor(Duration.ofMinutes(15));
    running();
    assertEquals(Mode.AUDIT, enforced());
    now = START.plus(Duration.ofMinutes(20));
    running();
    assertEquals(Mode.ENFORCE, enforced());
  }

  private int end() {
    return Objects.requireNonNull(datapath.observed.endpoints().get(ref("web"))).end();
  }

  @Test
  void theKernelKnowsTheEnd() throws IOException {
    breakFor(Duration.ofMinutes(15));
    AgentLoop loop = running();
    assertEquals(600 + 900, end());
    long epoch = datapath.observed.epoch();
    now = START.plus(Duration.ofMinutes(15));
    idle(loop);
    assertEquals(0, end());
    assertNotEquals(epoch, datapath.observed.epoch(), "what was let in is judged again");
  }

  @Test
  void aForgottenPodIsEnforcedAgainWhenTheBreakIsOver() throws IOException {
    AgentLoop loop = running();
    breakFor(Duration.ofMinutes(15));
    idle(loop);
    ClusterEvent.Key web = new ClusterEvent.Key(ClusterEvent.Kind.POD, "shop", "web");
    loop.doWork(
        new Batch(List.of(new ClusterEvent.Gone(web)), Optional.empty(), List.of(), false, 1));
    assertEquals(Mode.AUDIT, enforced());
    now = START.plus(Duration.ofMinutes(15));
    idle(loop);
    assertEquals(Mode.ENFORCE, enforced());
  }

  @Test
  void breaksAndEndsWithoutTheClusterBeingKnown() throws IOException {
    running();
    AgentLoop loop = started();
    idle(loop);
    breakFor(Duration.ofMinutes(15));
    idle(loop);
    assertEquals(Mode.AUDIT, enforced());
    assertEquals(600 + 900, end());
    GlassFolder.below(root).end(new Scope.Namespace("shop"));
    idle(loop);
    assertEquals(Mode.ENFORCE, enforced());
    assertEquals(0, end());
  }

  @Test
  void breaksWhereWhatIsWantedDoesNotFit() throws IOException {
    Capacities.Families any = Capacities.UNLIMITED.addresses();
    Capacities.Room room = Capacities.UNLIMITED.tables();
    datapath.capacities = new Capacities(1, any, any, any, 100, 100, room, room);
    AgentLoop loop = running();
    loop.doWork(new Batch(List.of(pod("db", "10.0.0.2")), Optional.empty(), List.of(), false, 1));
    assertTrue(loop.view().trouble().isPresent(), "two pods do not fit");
    breakFor(Duration.ofMinutes(15));
    idle(loop);
    assertEquals(Mode.AUDIT, enforced());
  }

  @Test
  void whatAnotherProcessSuspendedIsLeftToItsEndUntilAllIsKnown() throws IOException {
    breakFor(Duration.ofMinutes(15));
    running();
    GlassFolder.below(root).end(new Scope.Namespace("shop"));
    AgentLoop loop = started();
    idle(loop);
    assertEquals(Mode.AUDIT, enforced());
    assertEquals(600 + 900, end());
    running();
    assertEquals(Mode.ENFORCE, enforced());
  }
}
