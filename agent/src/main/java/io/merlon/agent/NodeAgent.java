package io.merlon.agent;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.GuardedPods;
import io.merlon.agent.glass.Glass;
import io.merlon.agent.glass.GlassFolder;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkWatch;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.loop.AgentCommand;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.LoopSettings;
import io.merlon.agent.loop.LoopThread;
import io.merlon.agent.loop.PrintingDatapath;
import io.merlon.agent.policy.MetadataGuard;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.LibbpfDatapath;
import io.merlon.agent.watch.ClusterSink;
import io.merlon.agent.watch.SyncState;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent: every part of it, wired. Closed, it leaves enforcement in place. */
final class NodeAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
  private static final int QUEUE = 1 << 16;
  private static final int FURTHER_INTERFACES = 4;
  private static final Duration CHECK_EVERY = Duration.ofSeconds(5);

  private final Datapath datapath;
  private final LoopThread thread;
  private final LinkWatch links;
  private final ClusterSource source;
  private final Telling telling;

  /** What the kernel holds is adopted while sources begin to tell and pages are served already. */
  private NodeAgent(AgentSettings settings) throws IOException, InterruptedException {
    Opening opening = Opening.begin(() -> open(settings));
    CommandQueue queue = new CommandQueue(QUEUE, System::nanoTime);
    // The way to the API server is the longest: it is begun before the others.
    this.source = ClusterSource.open(settings.node(), new Sink(queue));
    this.links = LinkWatch.start(event -> queue.put(new AgentCommand.LinkChanged(event)));
    this.telling = Telling.start(settings, queue, source);
    this.datapath = opening.end();
    LOG.atInfo()
        .addKeyValue("node", settings.node().name())
        .addKeyValue("source", settings.node().source())
        .addKeyValue("found", datapath.adoption())
        .log("the agent starts");
    AgentLoop made = loop(settings, datapath);
    this.thread = LoopThread.start(made, queue);
    if (settings.telling().kubernetesEvents() && !settings.dryRun()) {
      source.tellProblems(() -> WorthTelling.of(made.view(), settings.node().name()));
    }
    telling.begin(new Watching.Adopted(made, datapath));
  }

  /** Starts everything. What cannot start is an exception, and the end of the process. */
  static NodeAgent start(AgentSettings settings) throws IOException, InterruptedException {
    return new NodeAgent(settings);
  }

  private static Datapath open(AgentSettings settings) {
    return settings.dryRun()
        ? new PrintingDatapath(System.out::println)
        : LibbpfDatapath.open(KernelSettings.of(settings));
  }

  private static AgentLoop loop(AgentSettings settings, Datapath datapath) {
    LoopSettings loop =
        new LoopSettings(
            settings.enforcement().beforePolicy().untilKnown(),
            settings.kernel().interfacePrefixes(),
            settings.kernel().uplinkPrefixes(),
            CHECK_EVERY);
    CompileOptions options =
        new CompileOptions(
            settings.node().name(),
            settings.enforcement().trustDomain(),
            settings.enforcement().mode());
    InterfaceNaming naming =
        new InterfaceNaming(settings.kernel().interfacePrefixes(), FURTHER_INTERFACES);
    return new AgentLoop(
        loop,
        new AgentLoop.Parts(
            datapath,
            new IncrementalCompiler(
                options, builtIn(settings.enforcement().metadataGuard()), datapath.countedFor()),
            new PodInterfaces(naming),
            new Glass(GlassFolder.below(settings.kernel().pinRoot()), InstantSource.system())),
        System::nanoTime);
  }

  private static List<Policy> builtIn(GuardedPods guarded) {
    return switch (guarded) {
      case OFF -> List.of();
      case PODS_WITH_ROLE -> List.of(MetadataGuard.ofPodsWithRole());
      case ALL_PODS -> List.of(MetadataGuard.ofAllPods());
    };
  }

  /** Waits until it ends; whether that is because it was told to. */
  boolean join() throws InterruptedException {
    return thread.join();
  }

  /** Stops hearing before it stops acting, and lets go of the kernel last. */
  @Override
  public void close() {
    telling.close();
    source.close();
    links.close();
    try {
      if (thread.stop()) {
        datapath.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.atInfo().log("the agent ends; enforcement goes on");
  }

  /** Enqueues, and nothing else. */
  private record Sink(CommandQueue queue) implements ClusterSink {
    @Override
    public void accept(List<ClusterEvent> events) {
      queue.put(new AgentCommand.ClusterChanged(events));
    }

    @Override
    public void synced(SyncState state) {
      queue.put(new AgentCommand.ClusterSynced(state));
    }
  }
}
