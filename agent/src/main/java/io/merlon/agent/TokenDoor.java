package io.merlon.agent;

import io.merlon.agent.serve.Doorkeeper;
import io.merlon.agent.watch.TokenReviews;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in whom the API server knows, and remembers for a minute what it said.
 *
 * <p>Whoever comes with tokens nobody knows, however many, costs those nothing who were let in
 * before: what is said of strangers is remembered apart, and their reviews have a thread of their
 * own. Of each kind one review runs at a time, and a few wait.
 */
final class TokenDoor implements Doorkeeper, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TokenDoor.class);
  private static final long HOLDS = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 256;
  private static final int WAITING = 32;

  private final Reviewer reviewer;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor ofStrangers = reviews("merlon-tokens-new");
  private final ThreadPoolExecutor ofFriends = reviews("merlon-tokens");

  /** Those let in last, who are reviewed before strangers when that holds no longer. */
  private final Latest<Asked, Said> welcome = new Latest<>(MOST);

  private final Latest<Asked, Said> turnedAway = new Latest<>(MOST);
  private final Map<Asked, CompletableFuture<Admission>> underway = new HashMap<>();

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

  private static ThreadPoolExecutor reviews(String name) {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            HOLDS,
            TimeUnit.NANOSECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name(name).daemon().factory());
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /** Who is asked about twice at a time is reviewed once. */
  @Override
  public synchronized CompletableFuture<Admission> ask(String token, String path) {
    Asked asked = new Asked(token, path);
    Said friend = welcome.get(asked);
    Said known = friend == null ? turnedAway.get(asked) : friend;
    if (known != null && nanoTime.getAsLong() - known.at() <= HOLDS) {
      return CompletableFuture.completedFuture(known.admission());
    }
    CompletableFuture<Admission> already = underway.get(asked);
    if (already != null) {
      return already;
    }
    CompletableFuture<Admission> review = new CompletableFuture<>();
    try {
      (friend == null ? ofStrangers : ofFriends).execute(() -> review.complete(found(asked)));
    } catch (RejectedExecutionException tooMany) {
      return CompletableFuture.completedFuture(Admission.UNCERTAIN);
    }
    underway.put(asked, review);
    return review;
  }

  private Admission found(Asked asked) {
    Admission admission = Admission.UNCERTAIN;
    try {
      admission =
          switch (reviewer.review(asked.token(), asked.path())) {
            case ALLOWED -> Admission.WELCOME;
            case UNKNOWN -> Admission.UNKNOWN;
            case FORBIDDEN -> Admission.FORBIDDEN;
          };
    } catch (IOException | RuntimeException e) { // whatever it is, who asks is to be told
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a token cannot be reviewed");
    }
    keep(asked, admission);
    return admission;
  }

  private synchronized void keep(Asked asked, Admission admission) {
    underway.remove(asked);
    Said said = new Said(admission, nanoTime.getAsLong());
    switch (admission) {
      case WELCOME -> {
        turnedAway.remove(asked);
        welcome.put(asked, said);
      }
      case UNKNOWN, FORBIDDEN -> {
        welcome.remove(asked);
        turnedAway.put(asked, said);
      }
      case UNCERTAIN -> {} // it is asked again
    }
  }

  @Override
  public void close() {
    ofStrangers.shutdownNow();
    ofFriends.shutdownNow();
  }
}
