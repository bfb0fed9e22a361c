package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.namespace;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    AgentLoop loop =
        new AgentLoop(
            new LoopSettings(
                UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5)),
            new AgentLoop.Parts(
                datapath,
                new IncrementalCompiler(CompileOptions.forNode("n1")),
                new PodInterfaces(InterfaceNaming.EKS),
                new Glass(GlassFolder.below(root), () -> now)),
            () -> 1);
    loop.doWork(
        new Batch(
            List.of(namespace(Map.of()), pod("web", "10.0.0.1"), denyAll("1")),
            Optional.of(SyncState.ALL),
            List.of(appeared(link(7, "web")), new LinkEvent.Synced()),
            false,
            1));
    return loop;
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
}
