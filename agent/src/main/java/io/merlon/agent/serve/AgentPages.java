package io.merlon.agent.serve;

import io.merlon.agent.flows.FlowLog;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that is served: the state, flows, metrics. */
public final class AgentPages {
  private static final String FLOWS = "/v1/flows";

  private final StatusPages status;
  private final FlowPages flows;
  private final Function<@Nullable String, CompletableFuture<Response>> metrics;

  /**
   * Serves from these.
   *
   * @param metrics makes the page of metrics for a reader who accepts this
   */
  public AgentPages(
      StatusPages status,
      FlowLog flows,
      Function<@Nullable String, CompletableFuture<Response>> metrics) {
    this.status = status;
    this.flows = new FlowPages(flows, InstantSource.system());
    this.metrics = metrics;
  }

  public CompletableFuture<Response> answer(Request request) {
    String path = request.path();
    if (path.equals("/metrics")) {
      return metrics
          .apply(request.accept())
          .exceptionally(_ -> Response.text(503, "the loop does not answer"));
    }
    if (path.equals(FLOWS)) {
      return CompletableFuture.completedFuture(flows.answer(request));
    }
    return CompletableFuture.completedFuture(
        path.startsWith(FLOWS + "/")
            ? flows.one(path.substring(FLOWS.length() + 1))
            : status.answer(path));
  }
}
