package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Gone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Keeps what a source says, in order, and the state that follows from it. */
final class RecordingSink implements ClusterSink {
  private final Duration deadline;
  private final List<String> log = new ArrayList<>();
  private final Map<ClusterEvent.Key, ClusterEvent> state = new HashMap<>();
  private int refusals;
  private int deafness;

  RecordingSink() {
    this(Duration.ofSeconds(20));
  }

  RecordingSink(Duration deadline) {
    this.deadline = deadline;
  }

  @Override
  public synchronized void accept(List<ClusterEvent> events) {
    if (refusals > 0) {
      refusals--;
      throw new IllegalStateException("not now");
    }
    for (ClusterEvent event : events) {
      ClusterEvent.Key key = event.key();
      log.add((event instanceof Gone ? "-" : "+") + key.kind() + " " + name(key));
      if (event instanceof Gone) {
        state.remove(key);
      } else {
        state.put(key, event);
      }
    }
    notifyAll();
  }

  @Override
  public synchronized void synced(SyncState reached) {
    if (deafness > 0) {
      deafness--;
      throw new IllegalStateException("not now");
    }
    log.add("=" + reached);
    notifyAll();
  }

  private static String name(ClusterEvent.Key key) {
    return key.namespace().isEmpty() ? key.name() : key.namespace() + "/" + key.name();
  }

  synchronized void refuse(int times) {
    refusals = times;
  }

  /** Throws when told how much is known, so many times. */
  synchronized void refuseSync(int times) {
    deafness = times;
  }

  synchronized List<String> log() {
    return List.copyOf(log);
  }

  synchronized List<String> log(Predicate<String> which) {
    return log.stream().filter(which).toList();
  }

  synchronized Map<ClusterEvent.Key, ClusterEvent> state() {
    return Map.copyOf(state);
  }

  /** Waits until something holds; it is asked again whenever something was said. */
  synchronized void await(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + deadline.toNanos();
    try {
      while (!holds.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what + "; heard " + log);
        }
        // Not everything that is waited for is said here, so look again now and then.
        wait(Math.clamp(left / 1_000_000, 1, 10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  void awaitLog(String entry) {
    await(entry, () -> log.contains(entry));
  }
}
