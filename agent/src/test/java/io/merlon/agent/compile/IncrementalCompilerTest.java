package io.merlon.agent.compile;

import static io.merlon.agent.compile.Manifests.ALL;
import static io.merlon.agent.compile.Manifests.ingress;
import static io.merlon.agent.compile.Manifests.match;
import static io.merlon.agent.compile.Manifests.peers;
import static io.merlon.agent.compile.Manifests.pod;
import static io.merlon.agent.compile.Manifests.podsIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IncrementalCompilerTest {
  private final Cluster cluster = new Cluster();
  private final IncrementalCompiler compiler =
      new IncrementalCompiler(CompileOptions.forNode("node-a"));

  private CompiledPolicy put(Object... objects) {
    List<ClusterEvent> events = new ArrayList<>();
    for (Object object : objects) {
      events.add(Cluster.event(object));
    }
    return compiler.apply(events);
  }

  /** More of them: {@code -Dmerlon.seeds=1000}. */
  private static final int SEEDS = Integer.getInteger("merlon.seeds", 100);

  @Test
  void equalsAFreshBuildAfterAnyEvents() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      CompileOptions options =
          random.nextInt(3) == 0 ? CompileOptions.forCluster() : CompileOptions.forNode("node-a");
      try {
        follow(random, options);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void follow(Random random, CompileOptions options) {
    RandomEvents world = new RandomEvents(random);
    Cluster objects = new Cluster();
    IncrementalCompiler incremental = new IncrementalCompiler(options);
    for (int step = 0; step < 60; step++) {
      List<ClusterEvent> batch = new ArrayList<>();
      for (int i = step == 0 ? 30 : 1 + random.nextInt(3); i > 0; i--) {
        batch.add(world.next());
      }
      batch.forEach(objects::apply);
      CompiledPolicy after = incremental.apply(batch);
      if (random.nextBoolean()) {
        incremental.settled();
      }
      ClusterSnapshot snapshot = objects.snapshot();
      Sameness.assertSame(PolicyCompiler.compile(snapshot, options), after);
      if (step % 6 == 0) {
        Sameness.assertSame(ReferenceCompiler.compile(snapshot, options), after);
      }
    }
  }

  @Test
  void theOrderOfObjectsPlaysNoPart() {
    for (int seed = 0; seed < 50; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      Cluster objects = new Cluster();
      for (int i = 0; i < 60; i++) {
        objects.apply(world.next());
      }
      List<ClusterEvent> events = new ArrayList<>(objects.events());
      CompiledPolicy once = PolicyCompiler.compile(objects.snapshot(), CompileOptions.forCluster());
      Collections.shuffle(events, new Random(seed));
      Cluster shuffled = new Cluster();
      events.forEach(shuffled::apply);
      CompiledPolicy again =
          PolicyCompiler.compile(shuffled.snapshot(), CompileOptions.forCluster());
      assertEquals(once, again);
    }
  }

  @Test
  void eventsThatSayNothingNewChangeNothing() {
    RandomEvents world = new RandomEvents(new Random(7));
    for (int i = 0; i < 80; i++) {
      ClusterEvent event = world.next();
      compiler.apply(List.of(event));
      cluster.apply(event);
    }
    CompiledPolicy before = compiler.current();
    CompiledPolicy after = compiler.apply(cluster.events());
    assertEquals(before, after);
    assertSame(before.tables(), after.tables());
  }

  @Test
  void aNewPodOfAKnownClassIsOneEntry() {
    CompiledPolicy before =
        put(
            pod("x", "server", "app=server", "10.0.0.1"),
            pod("y", "a", "app=client", "10.0.1.1"),
            ingress("x", "p", match("app=server"), peers(podsIn(ALL, match("app=client")))));
    CompiledPolicy after =
        put(Manifests.onNode(pod("y", "b", "app=client", "10.0.1.2"), "node-b", false));
    assertEquals(
        before.addresses().classOf(Address.of("10.0.1.1")),
        after.addresses().classOf(Address.of("10.0.1.2")));
    assertSame(before.tables(), after.tables());
    assertEquals(1, after.addresses().exact().size() - before.addresses().exact().size());
  }

  @Test
  void aPodNoPolicyTellsApartIsNoEntry() {
    CompiledPolicy before =
        put(
            pod("x", "server", "app=server", "10.0.0.1"),
            ingress("x", "p", match("app=server"), peers(podsIn(ALL, match("app=client")))));
    assertEquals(
        before,
        put(
            Manifests.onNode(
                pod("y", "other", "app=other,version=7", "10.0.1.9"), "node-b", false)));
  }

  @Test
  void policiesForPodsElsewhereCostNothing() {
    CompiledPolicy before = put(pod("x", "server", "app=server", "10.0.0.1"));
    CompiledPolicy after =
        put(
            Manifests.onNode(pod("z", "far", "app=far", "10.0.2.1"), "node-b", false),
            ingress("z", "p", ALL, peers(podsIn(ALL, match("app=server")))));
    assertEquals(before, after);
  }

  @Test
  void aClassKeepsItsNumberWhenAllItsMembersChange() {
    CompiledPolicy before =
        put(
            pod("x", "server", "app=server", "10.0.0.1"),
            pod("y", "a", "app=client", "10.0.1.1"),
            ingress("x", "p", match("app=server"), peers(podsIn(ALL, match("app=client")))));
    CompiledPolicy after =
        put(
            ingress(
                "x",
                "q",
                match("app=server"),
                peers(podsIn(ALL, match("app=client,v=2"))),
                peers(podsIn(match("team=z"), ALL)),
                peers(podsIn(ALL, Manifests.expression("app", "Exists")))));
    assertEquals(
        before.addresses().classOf(Address.of("10.0.1.1")),
        after.addresses().classOf(Address.of("10.0.1.1")));
  }

  @Test
  void aNumberIsNotReusedBeforeItsOldMeaningIsForgotten() {
    put(
        pod("x", "server", "app=server", "10.0.0.1"),
        pod("y", "a", "app=client", "10.0.1.1"),
        ingress("x", "p", match("app=server"), peers(podsIn(ALL, match("app=client")))));
    int old = compiler.current().addresses().classOf(Address.of("10.0.1.1"));
    compiler.apply(
        List.of(
            new ClusterEvent.Gone(
                new ClusterEvent.Key(ClusterEvent.Kind.NETWORK_POLICY, "x", "p"))));
    int second =
        put(ingress("x", "q", match("app=server"), peers(podsIn(ALL, match("app=client")))))
            .addresses()
            .classOf(Address.of("10.0.1.1"));
    assertNotEquals(old, second);
    compiler.settled();
    put(pod("y", "c", "app=third", "10.0.1.3"));
    int third =
        put(ingress("x", "r", match("app=server"), peers(podsIn(ALL, match("app=third")))))
            .addresses()
            .classOf(Address.of("10.0.1.3"));
    assertEquals(old, third);
  }

  @Test
  void namesTheOwnerOfAnAddress() {
    put(pod("y", "a", "app=client", "10.0.1.1"));
    assertEquals(
        new PodRef("y", "a"),
        ((AddressOwner.OfPod) compiler.ownerOf(Address.of("10.0.1.1"))).pod());
    assertEquals(new AddressOwner.Outside(), compiler.ownerOf(Address.of("10.0.1.2")));
  }
}
