package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The loop of node n1 that enforces on paper only, and what it may be told of a shop. */
public final class PaperLoop {
  private PaperLoop() {}

  public static AgentLoop make() {
    return make(() -> 0);
  }

  public static AgentLoop make(LongSupplier nanoTime) {
    return over(new PrintingDatapath(_ -> {}), nanoTime);
  }

  /** One with a kernel, which it leaves as it is for as long as it is told nothing. */
  public static AgentLoop over(Datapath datapath, LongSupplier nanoTime) {
    return new AgentLoop(
        new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5)),
        new AgentLoop.Parts(
            datapath,
            new IncrementalCompiler(CompileOptions.forNode("n1")),
            new PodInterfaces(InterfaceNaming.EKS)),
        nanoTime);
  }

  /** All there is in the cluster and on the node, beside the namespace. */
  public static Batch all(List<ClusterEvent> objects, LinkEvent... links) {
    List<ClusterEvent> cluster = new ArrayList<>();
    cluster.add(new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of())));
    cluster.addAll(objects);
    List<LinkEvent> told = new ArrayList<>(List.of(links));
    told.add(new LinkEvent.Synced());
    return new Batch(cluster, Optional.of(SyncState.ALL), told, false, 0);
  }

  /** A pod of the node that runs. */
  public static ClusterEvent pod(String name, String app, String ip, Pod.@Nullable Owner owner) {
    return new ClusterEvent.PutPod(
        new Pod(
            "shop",
            name,
            "uid-" + name,
            Map.of("app", app),
            Map.of(),
            "default",
            "n1",
            false,
            Pod.Phase.RUNNING,
            List.of(ip),
            List.of(),
            owner,
            false));
  }
}
