package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.FlowSetting;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.flows.FlowPipeline;
import io.merlon.agent.flows.FlowSink;
import io.merlon.agent.flows.LineSink;
import io.merlon.agent.flows.OtlpSink;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.Inquiry;
import io.merlon.agent.metrics.AgentMetrics;
import io.merlon.agent.metrics.KernelFacts;
import io.merlon.agent.observe.EventReader;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.serve.AgentPages;
import io.merlon.agent.serve.Response;
import io.merlon.agent.serve.StatusPages;
import io.merlon.agent.serve.StatusServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a running agent tells: flows, metrics, its state. */
final class Telling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);
  private static final long LARGEST_FILE = 64L << 20;

  private final AgentSettings settings;
  private final Parts parts;
  private final FlowLog log = new FlowLog();
  private final AgentMetrics metrics = new AgentMetrics(version());
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("merlon-metrics").daemon().factory());
  private final @Nullable FlowPipeline flows;
  private final @Nullable EventReader events;
  private final @Nullable StatusServer server;

  /** Of whom it tells. */
  record Parts(AgentLoop loop, CommandQueue queue, Datapath datapath, ClusterSource source) {}

  private Telling(AgentSettings settings, Parts parts) throws IOException {
    this.settings = settings;
    this.parts = parts;
    this.flows = settings.dryRun() ? null : pipeline();
    this.events =
        flows == null ? null : EventReader.start(parts.datapath().kernel().events(), flows);
    this.server = settings.telling().http().isEmpty() ? null : serve();
  }

  static Telling start(AgentSettings settings, Parts parts) throws IOException {
    return new Telling(settings, parts);
  }

  private static String version() {
    return Objects.requireNonNullElse(Telling.class.getPackage().getImplementationVersion(), "dev");
  }

  private FlowPipeline pipeline() {
    AgentSettings.Flows wanted = settings.telling().flows();
    List<FlowSink> sinks = new ArrayList<>(List.of(log));
    switch (wanted.log()) {
      case FlowSetting.None() -> {}
      case FlowSetting.Stdout() -> sinks.add(LineSink.to(new FileOutputStream(FileDescriptor.out)));
      case FlowSetting.File(var path) -> sinks.add(LineSink.to(path, LARGEST_FILE));
    }
    wanted.collector().ifPresent(uri -> sinks.add(new OtlpSink(uri, settings.node().name())));
    return new FlowPipeline(
        new FlowPipeline.Sources(
            question -> Inquiry.of(parts.queue(), inside -> question.apply(inside.names())),
            () -> parts.loop().view().seen(),
            parts.datapath()::meaning),
        sinks,
        wanted.sample(),
        wanted.peers(),
        InstantSource.system());
  }

  private StatusServer serve() throws IOException {
    StatusPages pages =
        new StatusPages(
            settings.node().name(),
            new StatusPages.Sources(
                () -> Optional.of(parts.loop().view()), parts.loop()::sinceWork, parts.source()::staleness));
    AgentPages all = new AgentPages(pages, log, this::metrics);
    StatusServer started = StatusServer.start(settings.telling().http().orElseThrow(), all::answer);
    LOG.atInfo().addKeyValue("address", started.address()).log("status is served");
    return started;
  }

  private CompletableFuture<Response> metrics(@Nullable String accept) {
    CompletableFuture<KernelFacts> kernel =
        settings.dryRun()
            ? CompletableFuture.completedFuture(KernelFacts.NONE)
            : Inquiry.of(parts.queue(), inside -> KernelFacts.of(inside.datapath()));
    return kernel.thenApplyAsync(facts -> page(facts, accept), writer);
  }

  private Response page(KernelFacts kernel, @Nullable String accept) {
    AgentMetrics.Text text =
        metrics.text(
            new AgentMetrics.Facts(
                parts.loop().view(),
                kernel,
                parts.source().staleness(),
                parts.loop().sinceWork(),
                flows == null || events == null ? EventTally.NOTHING : flows.tally(events.read()),
                flows == null ? PeerDenials.Counted.NOTHING : flows.denials()),
            accept);
    return new Response(200, text.contentType(), text.body());
  }

  /** To be closed while the loop still runs. */
  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (events != null) {
      events.close();
    }
    if (flows != null) {
      flows.close();
    }
    writer.shutdownNow();
    metrics.close();
  }
}
