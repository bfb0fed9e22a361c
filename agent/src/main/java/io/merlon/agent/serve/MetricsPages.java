package io.merlon.agent.serve;

import io.merlon.agent.metrics.AgentMetrics;
import io.merlon.agent.metrics.KernelFacts;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes the pages of metrics, on a thread of their own. */
public final class MetricsPages implements AutoCloseable {
  private final AgentMetrics metrics;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("merlon-metrics").daemon().factory());

  /** What one page is made of. */
  public interface Facts extends Function<Optional<KernelFacts>, AgentMetrics.Facts> {
    /** All there is to tell, when this or nothing is known of the kernel. */
    @Override
    AgentMetrics.Facts apply(Optional<KernelFacts> kernel);
  }

  /** The metrics are closed when these are. */
  public MetricsPages(AgentMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * A page.
   *
   * @param kernel what the loop sees
   * @param accept what the reader says it understands
   */
  public CompletableFuture<Response> answer(
      CompletableFuture<Optional<KernelFacts>> kernel, Facts facts, @Nullable String accept) {
    return kernel.thenApplyAsync(known -> page(facts.apply(known), accept), writer);
  }

  private Response page(AgentMetrics.Facts facts, @Nullable String accept) {
    AgentMetrics.Text text = metrics.text(facts, accept);
    return new Response(200, text.contentType(), text.body());
  }

  @Override
  public void close() {
    writer.shutdownNow();
    metrics.close();
  }
}
