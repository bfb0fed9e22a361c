package io.merlon.agent.serve;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.watch.Staleness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is served under which path. */
public final class StatusPages {
  private static final Duration STUCK = Duration.ofSeconds(60);

  /** Longer than a moment's trouble with the kernel, and than its pins take to be put back. */
  private static final Duration FAILING = Duration.ofMinutes(5);

  private final String node;
  private final Sources sources;

  /**
   * Where the pages' content comes from.
   *
   * @param view empty while the agent starts
   * @param sinceWork how long ago the loop last came round
   * @param sinceWell for how long applying or repairing has been failing
   * @param missingPins what should be pinned and is not
   * @param staleness how far cluster state may lag behind, if the source knows
   * @param aside what is wrong with neither loop nor kernel
   */
  public record Sources(
      Supplier<Optional<AgentView>> view,
      Supplier<Duration> sinceWork,
      Supplier<Duration> sinceWell,
      Supplier<List<String>> missingPins,
      Supplier<Optional<Staleness>> staleness,
      Supplier<List<String>> aside) {}

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
      case "/v1/status" ->
          Response.json(
              StatusJson.status(node, view, sources.staleness().get(), sources.aside().get()));
      case "/v1/pods" -> Response.json(PodsJson.of(view));
      case "/v1/policies" -> Response.json(PoliciesJson.of(view));
      case "/v1/reach" -> Response.json(ReachJson.of(view.seen()));
      case DecisionNames.PATH -> Response.json(DecisionNames.json(view.seen()));
      default -> Response.text(404, "no such page");
    };
  }

  /**
   * What a restart may mend: a loop that is stuck; a kernel that has not taken what it was given
   * for long, though it was tried again and again; pins that are gone, without which a restart
   * would begin from nothing, and which only a start makes again. What does not fit, and what fails
   * for a moment, is told, but no restart would mend it.
   */
  private Response health(Optional<AgentView> view) {
    Duration idle = sources.sinceWork().get();
    Duration failing = sources.sinceWell().get();
    List<String> missing = sources.missingPins().get();
    List<String> wrong = new ArrayList<>();
    if (idle.compareTo(STUCK) >= 0) {
      wrong.add("the loop has been busy for " + idle.toSeconds() + " s");
    }
    if (failing.compareTo(FAILING) >= 0) {
      wrong.add("what is told has not been enforced for " + failing.toSeconds() + " s");
    }
    if (!missing.isEmpty()) {
      wrong.add("not pinned: " + String.join(", ", missing));
    }
    int status = wrong.isEmpty() ? 200 : 503;
    if (wrong.isEmpty()) {
      wrong.add("ok");
    }
    view.flatMap(AgentView::trouble)
        .ifPresent(trouble -> wrong.add("not enforced: " + trouble.text()));
    view.map(AgentView::damages)
        .ifPresent(all -> all.forEach(one -> wrong.add("damaged: " + one.text())));
    wrong.addAll(sources.aside().get());
    return Response.text(status, String.join("\n", wrong));
  }

  private static Response ready(AgentView view) {
    return view.progress().enforcing()
        ? Response.text(200, "ok")
        : Response.text(
            503,
            "not everything is enforced yet: cluster "
                + view.progress().cluster()
                + ", interfaces "
                + (view.progress().interfaces() ? "known" : "unknown")
                + view.trouble().map(trouble -> ", " + trouble.text()).orElse(""));
  }
}
