package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.metrics.AgentMetrics;
import io.merlon.agent.metrics.KernelFacts;
import io.merlon.agent.metrics.KernelLook;
import io.merlon.agent.metrics.Verified;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.program.PinnedMaps;
import io.merlon.agent.serve.AgentPages;
import io.merlon.agent.serve.Certificates;
import io.merlon.agent.serve.MetricsPages;
import io.merlon.agent.serve.Response;
import io.merlon.agent.serve.StatusPages;
import io.merlon.agent.serve.StatusServer;
import io.merlon.agent.watch.TokenReviews;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent tells: flows, metrics, its state. It answers before there is a loop to tell of, and
 * says so.
 */
final class Telling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final AgentSettings settings;
  private final CommandQueue queue;
  private final ClusterSource source;
  private final FlowLog log = new FlowLog();
  private final MetricsPages metrics = new MetricsPages(new AgentMetrics(version()));
  private final KernelLook kernel;
  private final @Nullable TokenDoor tokens;
  private final @Nullable Certificates certificates;
  private final OtherEnforcer other;
  private final List<StatusServer> servers = new ArrayList<>();

  /** Null until what the kernel holds is adopted. */
  private volatile @Nullable AgentLoop loop;

  /** Null until then too, and in a dry run, which has no kernel to watch. */
  private volatile @Nullable Watching watching;

  private Telling(AgentSettings settings, CommandQueue queue, ClusterSource source)
      throws IOException {
    this.settings = settings;
    this.queue = queue;
    this.kernel =
        new KernelLook(queue, inside -> KernelFacts.of(inside.datapath()), System::nanoTime);
    this.source = source;
    this.tokens =
        settings.telling().door().tokens() ? new TokenDoor(reviewer(), System::nanoTime) : null;
    AgentSettings.Door door = settings.telling().door();
    this.certificates =
        door.certificate().isPresent()
            ? new Certificates(door.certificate().get(), door.key().orElseThrow())
            : null;
    this.other = new OtherEnforcer(settings.kernel().pinRoot());
    serve();
  }

  private TokenDoor.Reviewer reviewer() {
    TokenReviews reviews = new TokenReviews(ClusterSource.server(settings.node()));
    return reviews::review;
  }

  /** Begins to answer. */
  static Telling start(AgentSettings settings, CommandQueue queue, ClusterSource source)
      throws IOException {
    return new Telling(settings, queue, source);
  }

  private static String version() {
    return Objects.requireNonNullElse(Telling.class.getPackage().getImplementationVersion(), "dev");
  }

  /** From now on there is something to tell. */
  void begin(Watching.Adopted adopted) {
    loop = adopted.loop();
    if (!settings.dryRun()) {
      watching = Watching.start(settings, queue, source, adopted, log);
    }
  }

  private void serve() throws IOException {
    StatusPages pages =
        new StatusPages(
            settings.node().name(),
            new StatusPages.Sources(
                this::view,
                this::sinceWork,
                this::sinceWell,
                this::missingPins,
                source::staleness,
                this::problems));
    AgentPages all = new AgentPages(pages, log, this::metrics, this::denials);
    if (settings.telling().http().isPresent()) {
      servers.add(
          StatusServer.start(
              settings.telling().http().get(),
              certificates,
              tokens == null ? all::answer : tokens.before(all::answer)));
    }
    if (settings.telling().socket().isPresent() && !settings.dryRun()) {
      servers.add(StatusServer.start(settings.telling().socket().get(), all::answer));
    }
    servers.forEach(
        server -> LOG.atInfo().addKeyValue("address", server.where()).log("status is served"));
  }

  private Optional<AgentView> view() {
    AgentLoop running = loop;
    return running == null ? Optional.empty() : Optional.of(running.view());
  }

  private Duration sinceWork() {
    AgentLoop running = loop;
    return running == null ? Duration.ZERO : running.sinceWork();
  }

  private Duration sinceWell() {
    AgentLoop running = loop;
    return running == null ? Duration.ZERO : running.sinceWell();
  }

  /** Before there is a loop nothing has to be pinned. */
  private List<String> missingPins() {
    return loop == null || settings.dryRun()
        ? List.of()
        : PinnedMaps.missing(settings.kernel().pinRoot());
  }

  /** What is wrong beside the loop, and no restart mends. Kubelets ask every few seconds. */
  private List<String> problems() {
    List<String> problems = new ArrayList<>(other.problems());
    if (certificates != null) {
      certificates.problem().ifPresent(problems::add);
    }
    return problems;
  }

  private PeerDenials.Counted denials() {
    Watching now = watching;
    return now == null ? PeerDenials.Counted.NOTHING : now.denials();
  }

  private CompletableFuture<Response> metrics(@Nullable String accept) {
    AgentLoop running = loop;
    if (running == null) {
      return CompletableFuture.completedFuture(
          Response.text(503, "what the kernel holds is being read"));
    }
    CompletableFuture<Optional<KernelFacts>> seen =
        settings.dryRun() ? CompletableFuture.completedFuture(Optional.empty()) : kernel.facts();
    return metrics.answer(seen, known -> facts(running, known), accept);
  }

  private AgentMetrics.Facts facts(AgentLoop running, Optional<KernelFacts> known) {
    Watching now = watching;
    return new AgentMetrics.Facts(
        running.view(),
        known,
        source.staleness(),
        running.sinceWork(),
        now == null ? EventTally.NOTHING : now.events(),
        denials(),
        now == null ? Verified.NEVER : now.verified(),
        now == null ? Optional.empty() : now.flowUse(),
        other.programs());
  }

  /** To be closed while the loop still runs. */
  @Override
  public void close() {
    servers.forEach(StatusServer::close);
    Watching now = watching;
    if (now != null) {
      now.close();
    }
    if (tokens != null) {
      tokens.close();
    }
    metrics.close();
  }
}
