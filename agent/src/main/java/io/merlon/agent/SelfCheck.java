package io.merlon.agent;

import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.Inquiry;
import io.merlon.agent.metrics.Verified;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.verify.ReadBack;
import io.merlon.bpf.BpfException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel's maps back from time to time, by their names, on a thread of its own, and
 * compares every entry with what the loop takes them to hold.
 */
final class SelfCheck implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);
  private static final int LOOKS = 3;

  private final CommandQueue queue;
  private final Path pins;
  private final BooleanSupplier enforcing;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("merlon-verify").daemon().factory());
  private List<String> before = List.of();
  private long runs;
  private volatile State state = new State(Verified.NEVER, System.nanoTime());

  private record State(Verified last, long at) {}

  private SelfCheck(CommandQueue queue, Path pins, BooleanSupplier enforcing) {
    this.queue = queue;
    this.pins = pins;
    this.enforcing = enforcing;
  }

  /**
   * Begins.
   *
   * @param enforcing whether what is pinned is the loop's; before that it is an earlier process's
   * @param every zero is never
   */
  static SelfCheck start(CommandQueue queue, Path pins, BooleanSupplier enforcing, Duration every) {
    SelfCheck check = new SelfCheck(queue, pins, enforcing);
    if (!every.isZero()) {
      var _ =
          check.thread.scheduleWithFixedDelay(
              check::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }
    return check;
  }

  /** What became of it so far. */
  Verified verified() {
    State now = state;
    return new Verified(
        now.last().runs(),
        now.last().differences(),
        Duration.ofNanos(System.nanoTime() - now.at()));
  }

  private void look() {
    if (!enforcing.getAsBoolean()) {
      return;
    }
    try {
      for (int i = 0; i < LOOKS; i++) {
        ObservedState wanted = observed();
        List<String> found = ReadBack.compare(wanted, KernelContent.read(pins));
        // What changed while it was read says nothing.
        if (found.isEmpty() || observed().equals(wanted)) {
          note(found);
          return;
        }
      }
    } catch (BpfException | IllegalArgumentException | UncheckedIOException unreadable) {
      note(List.of("the maps cannot be read: " + unreadable.getMessage()));
    } catch (CompletionException busy) {
      LOG.atDebug().addKeyValue("reason", busy.getMessage()).log("the loop does not answer");
    }
  }

  private ObservedState observed() {
    return Inquiry.of(queue, inside -> inside.datapath().observed()).join();
  }

  private void note(List<String> found) {
    for (String difference : found) {
      if (!before.contains(difference)) {
        LOG.atError().addKeyValue("what", difference).log("the kernel holds something else");
      }
    }
    before = found;
    state = new State(new Verified(++runs, found.size(), Duration.ZERO), System.nanoTime());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      var _ = thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
