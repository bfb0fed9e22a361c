package io.merlon.agent;

import io.merlon.agent.serve.Doorkeeper;
import io.merlon.agent.watch.TokenReviews;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in whom the API server knows, and remembers for a minute what it said. */
final class TokenDoor implements Doorkeeper, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TokenDoor.class);
  private static final long KEPT = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 256;
  private static final int WAITING = 32;

  private final Reviewer reviewer;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("merlon-tokens").daemon().factory());
  private final Map<Asked, Said> said = new LinkedHashMap<>();

  /** Asks the API server. */
  interface Reviewer {
    TokenReviews.Review review(String token, String path) throws IOException;
  }

  private record Asked(String token, String path) {}

  private record Said(Admission admission, long at) {}

  TokenDoor(Reviewer reviewer, LongSupplier nanoTime) {
    this.reviewer = reviewer;
    this.nanoTime = nanoTime;
  }

  @Override
  public CompletableFuture<Admission> ask(String token, String path) {
    Asked asked = new Asked(token, path);
    Said known = known(asked);
    if (known != null) {
      return CompletableFuture.completedFuture(known.admission());
    }
    try {
      return CompletableFuture.supplyAsync(() -> find(asked), thread);
    } catch (RejectedExecutionException tooMany) {
      return CompletableFuture.completedFuture(Admission.UNCERTAIN);
    }
  }

  private synchronized @Nullable Said known(Asked asked) {
    Said known = said.get(asked);
    return known == null || nanoTime.getAsLong() - known.at() > KEPT ? null : known;
  }

  private Admission find(Asked asked) {
    Said known = known(asked);
    if (known != null) {
      return known.admission();
    }
    try {
      Admission admission =
          switch (reviewer.review(asked.token(), asked.path())) {
            case ALLOWED -> Admission.WELCOME;
            case UNKNOWN -> Admission.UNKNOWN;
            case FORBIDDEN -> Admission.FORBIDDEN;
          };
      keep(asked, admission);
      return admission;
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a token cannot be reviewed");
      return Admission.UNCERTAIN;
    }
  }

  private synchronized void keep(Asked asked, Admission admission) {
    said.remove(asked);
    said.put(asked, new Said(admission, nanoTime.getAsLong()));
    if (said.size() > MOST) {
      said.remove(said.keySet().iterator().next());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
