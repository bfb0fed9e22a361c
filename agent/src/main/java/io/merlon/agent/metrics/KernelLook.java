package io.merlon.agent.metrics;

import io.merlon.agent.loop.AgentCommand;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.Inside;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the loop's thread can look at, for whoever scrapes. However many ask, the loop looks
 * once a second at most. A loop that does not come round is waited for once, and not for long:
 * until it looks, everybody else is told at once that nothing is known.
 */
public final class KernelLook {
  private static final Logger LOG = LoggerFactory.getLogger(KernelLook.class);
  private static final Duration SHARED = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final CommandQueue queue;
  private final Function<Inside, KernelFacts> question;
  private final LongSupplier nanoTime;
  private CompletableFuture<Optional<KernelFacts>> latest = new CompletableFuture<>();
  private boolean isAsked;
  private boolean isAnswered;
  private long answered;

  /**
   * One of a loop.
   *
   * @param question is put to the loop's thread
   */
  public KernelLook(
      CommandQueue queue, Function<Inside, KernelFacts> question, LongSupplier nanoTime) {
    this.queue = queue;
    this.question = question;
    this.nanoTime = nanoTime;
  }

  /** What was seen within the last second; empty if the loop does not look in time. */
  public synchronized CompletableFuture<Optional<KernelFacts>> facts() {
    boolean isYoung = isAnswered && nanoTime.getAsLong() - answered < SHARED.toNanos();
    if (!isAsked && !isYoung) {
      isAsked = true;
      CompletableFuture<Optional<KernelFacts>> asked = new CompletableFuture<>();
      latest =
          asked.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      // Nobody withdraws it, so that a loop that is stuck finds one of them, not one per scrape.
      queue.put(new AgentCommand.Look(inside -> answer(asked, inside)));
    }
    return latest;
  }

  private void answer(CompletableFuture<Optional<KernelFacts>> asked, Inside inside) {
    long now = nanoTime.getAsLong();
    Optional<KernelFacts> seen = seen(inside);
    synchronized (this) {
      latest = CompletableFuture.completedFuture(seen);
      answered = now;
      isAnswered = true;
      isAsked = false;
    }
    asked.complete(seen);
  }

  private Optional<KernelFacts> seen(Inside inside) {
    try {
      return Optional.of(question.apply(inside));
    } catch (RuntimeException failure) { // the page says that it is missing, and all else
      LOG.atWarn().addKeyValue("reason", failure.getMessage()).log("counters cannot be read");
      return Optional.empty();
    }
  }
}
