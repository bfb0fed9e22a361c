package io.merlon.agent.watch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what is wrong with objects by Events, where those who look after the objects look. It has a
 * thread of its own, and whatever happens to the API server disturbs nobody else.
 *
 * <p>A problem is told when it is new, and again after half an hour for as long as it lasts, since
 * Events are kept for an hour. One that goes and comes back within that time is not told again.
 */
final class ProblemEvents implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemEvents.class);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final int MOST_AT_ONCE = 10;

  /** Rights do not come by asking often. */
  static final Duration REFUSED = Duration.ofMinutes(10);

  static final Duration AGAIN = Duration.ofMinutes(30);

  /** So many problems are told; there can be no more to read for anybody. */
  static final int MOST = 1000;

  private final Supplier<? extends Collection<ObjectProblem>> problems;
  private final EventWriter writer;
  private final Pace pace;
  private final Backoff backoff;
  private final Map<ObjectProblem, Told> told = new HashMap<>();
  private boolean failing;
  private boolean refused;

  private record Told(Instant last, int count) {
    boolean isOver(Instant now) {
      return !now.isBefore(last.plus(AGAIN));
    }
  }

  ProblemEvents(
      Supplier<? extends Collection<ObjectProblem>> problems, EventWriter writer, Pace pace) {
    this.problems = problems;
    this.writer = writer;
    this.pace = pace;
    this.backoff = new Backoff(pace, new Regained());
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        refused = false;
        if (tell()) {
          backoff.reset();
          pace.pause(LOOK);
        } else if (refused) {
          pace.pause(Backoff.jittered(REFUSED, pace));
        } else {
          backoff.pause(null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells what is due; whether nothing failed that might succeed later. */
  private boolean tell() {
    Instant now = pace.instant();
    Set<ObjectProblem> current = new HashSet<>(problems.get());
    told.entrySet().removeIf(e -> e.getValue().isOver(now) && !current.contains(e.getKey()));
    List<ObjectProblem> due =
        current.stream()
            .filter(problem -> isDue(problem, now))
            .sorted(Comparator.comparing(ObjectProblem::toString))
            .limit(MOST_AT_ONCE)
            .toList();
    boolean done = true;
    for (ObjectProblem problem : due) {
      done &= tell(problem, now);
    }
    return done;
  }

  private boolean isDue(ObjectProblem problem, Instant now) {
    Told before = told.get(problem);
    return before == null ? told.size() < MOST : before.isOver(now);
  }

  private boolean tell(ObjectProblem problem, Instant now) {
    Told before = told.get(problem);
    int count = before == null ? 1 : before.count() + 1;
    try {
      if (count == 1) {
        writer.create(problem, now);
      } else {
        writer.repeat(problem, count, now);
      }
      failing = false;
    } catch (IOException failure) {
      failed(failure);
      if (mayHelpToTryAgain(failure)) {
        refused |= failure instanceof ApiException it && it.code() == ApiException.FORBIDDEN;
        return false;
      }
    }
    told.put(problem, new Told(now, count));
    return true;
  }

  /** An answer that is about this one Event will be the same the next time. */
  private static boolean mayHelpToTryAgain(IOException failure) {
    return !(failure instanceof ApiException answer)
        || answer.code() == ApiException.UNAUTHORIZED
        || answer.code() == ApiException.FORBIDDEN
        || answer.code() == ApiException.TOO_MANY
        || answer.code() >= 500;
  }

  private void failed(IOException failure) {
    if (!failing) {
      failing = true;
      LOG.atWarn().addKeyValue("error", failure.getMessage()).log("an event is not written");
    }
  }
}
