package io.merlon.agent.serve;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.watch.Staleness;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What is served under which path. */
public final class StatusPages {
  private static final Duration STUCK = Duration.ofSeconds(60);

  private final String node;
  private final Sources sources;

  /**
   * Where the pages' content comes from.
   *
   * @param view empty while the agent starts
   * @param sinceWork how long ago the loop last came round
   * @param staleness how far cluster state may lag behind, if the source knows
   */
  public record Sources(
      Supplier<Optional<AgentView>> view,
      Supplier<Duration> sinceWork,
      Supplier<Optional<Staleness>> staleness) {}

  public StatusPages(String node, Sources sources) {
    this.node = node;
    this.sources = sources;
  }

  /** What policies mean at this moment; empty while the agent starts. */
  Optional<CompiledPolicy> policy() {
    return sources.view().get().map(AgentView::seen);
  }

  public Response answer(String path) {
    return path.equals("/healthz")
        ? health(sources.view().get())
        : sources
            .view()
            .get()
            .map(view -> answer(path, view))
            .orElseGet(() -> Response.text(503, "what the kernel holds is being read"));
  }

  private Response answer(String path, AgentView view) {
    return switch (path) {
      case "/readyz" -> ready(view);
      case "/v1/status" -> Response.json(StatusJson.status(node, view, sources.staleness().get()));
      case "/v1/pods" -> Response.json(PodsJson.of(view));
      case "/v1/policies" -> Response.json(PoliciesJson.of(view));
      case "/v1/reach" -> Response.json(ReachJson.of(view.seen()));
      case DecisionNames.PATH -> Response.json(DecisionNames.json(view.seen()));
      default -> Response.text(404, "no such page");
    };
  }

  /**
   * A loop that is stuck is for a restart to mend. What the kernel refuses, or somebody else
   * damaged, is told, but would not be mended by one: it is tried again anyway.
   */
  private Response health(Optional<AgentView> view) {
    Duration idle = sources.sinceWork().get();
    if (idle.compareTo(STUCK) >= 0) {
      return Response.text(503, "the loop has been busy for " + idle.toSeconds() + " s");
    }
    StringBuilder text = new StringBuilder("ok");
    view.flatMap(AgentView::trouble)
        .ifPresent(trouble -> text.append("\nnot enforced: ").append(trouble.text()));
    view.map(AgentView::damages)
        .ifPresent(all -> all.forEach(one -> text.append("\ndamaged: ").append(one.text())));
    return Response.text(200, text.toString());
  }

  private static Response ready(AgentView view) {
    return view.progress().enforcing()
        ? Response.text(200, "ok")
        : Response.text(
            503,
            "not everything is enforced yet: cluster "
                + view.progress().cluster()
                + ", interfaces "
                + (view.progress().interfaces() ? "known" : "unknown"));
  }
}
