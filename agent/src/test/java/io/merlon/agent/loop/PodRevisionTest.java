package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.denyAll;
import static io.merlon.agent.loop.Shop.link;
import static io.merlon.agent.loop.Shop.namespace;
import static io.merlon.agent.loop.Shop.pod;
import static io.merlon.agent.loop.Shop.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.loop.PodRevision.PolicyUse;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.policy.MetadataGuard;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodRevisionTest {
  private static final PolicyRef DENY_ALL =
      new PolicyRef(PolicyRef.Kind.NETWORK_POLICY, "shop", "default-deny");

  private final FakeDatapath datapath = new FakeDatapath(ObservedState.EMPTY);
  private final AgentLoop loop = loop();

  @Test
  void namesThePoliciesThatHoldAndThoseThatAreEnforced() {
    start(pod("web", "10.0.0.1"), denyAll("1"));
    PodRevision revision = revision();
    assertEquals(List.of(new PolicyUse(DENY_ALL, "1", "1")), revision.policies());
    assertEquals(revision.seen(), revision.enforced());
    assertNotEquals("", revision.seen());
  }

  @Test
  void whileThePlanFailsTheEarlierRevisionIsTheEnforcedOne() {
    start(pod("web", "10.0.0.1"));
    PodRevision before = revision();
    assertEquals(List.of(), before.policies());
    datapath.failAfter = 0;
    tell(denyAll("2"));
    PodRevision torn = revision();
    assertEquals(List.of(new PolicyUse(DENY_ALL, "2", "")), torn.policies());
    assertEquals(before.seen(), torn.enforced());
    assertNotEquals(torn.seen(), torn.enforced());
    tell(pod("api", "10.0.0.2"));
    assertEquals(torn.seen(), revision().enforced());
  }

  @Test
  void aPolicyThatIsGoneIsEnforcedUntilThePlanIsDone() {
    start(pod("web", "10.0.0.1"), denyAll("1"));
    datapath.failAfter = 0;
    tell(new ClusterEvent.Gone(denyAll("1").key()));
    assertEquals(List.of(new PolicyUse(DENY_ALL, "", "1")), revision().policies());
    tell(pod("api", "10.0.0.2"));
    assertEquals(List.of(), revision().policies());
  }

  @Test
  void nothingIsEnforcedWhereNoInterfaceIs() {
    start(pod("web", "10.0.0.1"), denyAll("1"));
    tell(new LinkEvent.Vanished(link(7, "web")));
    PodRevision revision = revision();
    assertEquals("", revision.enforced());
    assertEquals(List.of(new PolicyUse(DENY_ALL, "1", "")), revision.policies());
  }

  @Test
  void theModeIsPartOfIt() {
    start(pod("web", "10.0.0.1"), denyAll("1"));
    String enforcing = revision().enforced();
    tell(pod("web", "10.0.0.1", Map.of(Mode.ANNOTATION, "audit")));
    assertNotEquals(enforcing, revision().enforced());
    tell(pod("web", "10.0.0.1"));
    assertEquals(enforcing, revision().enforced());
  }

  @Test
  void aFreshStartCallsTheSameStateTheSame() {
    start(pod("web", "10.0.0.1"));
    tell(pod("api", "10.0.0.2"), denyAll("0"));
    tell(denyAll("1"));
    PodRevisionTest other = new PodRevisionTest();
    other.start(denyAll("1"), pod("web", "10.0.0.1"));
    assertEquals(revision(), other.revision());
  }

  @Test
  void theBuiltInGuardHoldsToo() {
    IncrementalCompiler compiler =
        new IncrementalCompiler(CompileOptions.forNode("n1"), List.of(MetadataGuard.ofAllPods()));
    AgentLoop guarded = loop(compiler);
    tell(guarded, SyncState.ALL, namespace(Map.of()), pod("web", "10.0.0.1"));
    tell(guarded, new LinkEvent.Synced(), appeared(link(7, "web")));
    PolicyUse use = revision(guarded).policies().getFirst();
    assertEquals(PolicyRef.Kind.METADATA_GUARD, use.policy().kind());
    assertEquals(use.seen(), use.enforced());
  }

  private void start(ClusterEvent... events) {
    tell(loop, SyncState.ALL, namespace(Map.of()));
    tell(new LinkEvent.Synced(), appeared(link(7, "web")));
    tell(events);
  }

  private AgentLoop loop() {
    return loop(new IncrementalCompiler(CompileOptions.forNode("n1")));
  }

  private AgentLoop loop(IncrementalCompiler compiler) {
    return new AgentLoop(
        new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5)),
        new AgentLoop.Parts(datapath, compiler, new PodInterfaces(InterfaceNaming.EKS)),
        () -> 1);
  }

  private void tell(ClusterEvent... events) {
    tell(loop, SyncState.NOTHING, events);
  }

  private static void tell(AgentLoop loop, SyncState synced, ClusterEvent... events) {
    loop.doWork(new Batch(List.of(events), Optional.of(synced), List.of(), false, 1));
  }

  private void tell(LinkEvent... events) {
    tell(loop, events);
  }

  private static void tell(AgentLoop loop, LinkEvent... events) {
    loop.doWork(new Batch(List.of(), Optional.empty(), List.of(events), false, 1));
  }

  private PodRevision revision() {
    return revision(loop);
  }

  private static PodRevision revision(AgentLoop loop) {
    AgentView view = loop.view();
    return PodRevision.of(
        view,
        Objects.requireNonNull(view.seen().pods().get(ref("web"))),
        view.attached().containsKey(ref("web")));
  }
}
