package io.merlon.agent.serve;

import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.observe.PeerDenials;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that is served: the state, flows, metrics. */
public final class AgentPages {
  private static final String FLOWS = "/v1/flows";

  private final StatusPages status;
  private final FlowPages flows;
  private final Function<@Nullable String, CompletableFuture<Response>> metrics;
  private final Supplier<PeerDenials.Counted> denials;

  /**
   * Serves from these.
   *
   * @param metrics makes the page of metrics for a reader who accepts this
   * @param denials who was denied, so far
   */
  public AgentPages(
      StatusPages status,
      FlowLog flows,
      Function<@Nullable String, CompletableFuture<Response>> metrics,
      Supplier<PeerDenials.Counted> denials) {
    this.status = status;
    this.flows = new FlowPages(flows, InstantSource.system());
    this.metrics = metrics;
    this.denials = denials;
  }

  public CompletableFuture<Response> answer(Request request) {
    String path = request.path();
    if (path.equals("/metrics")) {
      return metrics.apply(request.accept());
    }
    if (path.equals(FLOWS)) {
      return CompletableFuture.completedFuture(flows.answer(request));
    }
    return CompletableFuture.completedFuture(atOnce(path));
  }

  private Response atOnce(String path) {
    if (AgentPage.has(path)) {
      return AgentPage.answer(path);
    }
    if (path.equals("/v1/denials")) {
      return Response.json(DenialsJson.of(denials.get()));
    }
    return path.startsWith(FLOWS + "/")
        ? flows.one(path.substring(FLOWS.length() + 1), status.policy())
        : status.answer(path);
  }
}
