package io.merlon.agent.lab;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tries connections, many at a time. One that should arrive is waited for as long as a lost packet
 * needs to be sent again; one that should not, three times as long as the slowest that did arrive.
 */
final class Prober {
  private static final int AT_ONCE = 512;
  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONG = TimeUnit.SECONDS.toNanos(8);
  private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(400);
  private static final int STEP_MILLIS = 20;

  private final List<Attempt> attempts;
  private final long begun = System.nanoTime();
  private long sent = begun;

  private Prober(List<Attempt> attempts) {
    this.attempts = attempts;
  }

  /** What came of each, in order. */
  static List<Outcome> run(List<Attempt.Task> tasks) {
    List<Outcome> outcomes = new ArrayList<>(tasks.size());
    for (int first = 0; first < tasks.size(); first += AT_ONCE) {
      List<Attempt.Task> some = tasks.subList(first, Math.min(tasks.size(), first + AT_ONCE));
      List<Attempt> attempts = open(some);
      try (Selector selector = Selector.open()) {
        new Prober(attempts).run(selector);
      } catch (IOException e) {
        throw new LabException("connections: " + e.getMessage());
      } finally {
        attempts.forEach(Attempt::close);
      }
      attempts.forEach(attempt -> outcomes.add(attempt.outcome()));
    }
    return outcomes;
  }

  /** Each source's sockets are opened in one visit to its namespace. */
  private static List<Attempt> open(List<Attempt.Task> tasks) {
    Attempt[] attempts = new Attempt[tasks.size()];
    Map<LabNamespace, List<Integer>> bySource =
        IntStream.range(0, tasks.size())
            .boxed()
            .collect(Collectors.groupingBy(i -> tasks.get(i).namespace()));
    bySource.forEach((namespace, places) ->
        namespace.call(() -> {
          for (int place : places) {
            attempts[place] = Attempt.open(tasks.get(place));
          }
          return true;
        }));
    return List.of(attempts);
  }

  private void run(Selector selector) throws IOException {
    attempts.forEach(attempt -> attempt.start(selector));
    while (!done()) {
      selector.select((SelectionKey key) -> ((Attempt) key.attachment()).proceed(key), STEP_MILLIS);
      if (System.nanoTime() - sent > AGAIN) {
        sent = System.nanoTime();
        attempts.forEach(Attempt::again);
      }
    }
  }

  private boolean done() {
    long now = System.nanoTime();
    long slowest = 0;
    boolean all = true;
    boolean awaited = false;
    for (Attempt attempt : attempts) {
      if (attempt.settled()) {
        slowest = Math.max(slowest, attempt.nanos() - begun);
      } else {
        all = false;
        awaited |= attempt.task().expected();
      }
    }
    long patience = awaited ? LONG : Math.max(SHORT, 3 * slowest);
    return all || now - begun > patience;
  }
}
