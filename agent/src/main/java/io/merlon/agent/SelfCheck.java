package io.merlon.agent;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.HookUse;
import io.merlon.agent.loop.Inquiry;
import io.merlon.agent.metrics.Verified;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.verify.ReadBack;
import io.merlon.bpf.BpfException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel's maps back from time to time, by their names, on a thread of its own, and
 * compares every entry with what the loop takes them to hold, and then what they come to with what
 * the policies say.
 */
final class SelfCheck implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);
  private static final int LOOKS = 3;

  /** What part of the time may go into asking what policies say. */
  private static final int SHARE = 1000;

  private final CommandQueue queue;
  private final PolicyCheck.Sources sources;
  private final Supplier<AgentView> view;
  private final PolicyCheck policies;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("merlon-verify").daemon().factory());
  private List<String> before = List.of();
  private long runs;
  private long passed = System.nanoTime();
  private volatile State state = new State(Verified.NEVER, passed, passed);

  private record State(Verified last, long at, long passed) {}

  private SelfCheck(
      CommandQueue queue, PolicyCheck.Sources sources, Supplier<AgentView> view, Duration every) {
    this.queue = queue;
    this.sources = sources;
    this.view = view;
    this.policies = new PolicyCheck(sources, every.dividedBy(SHARE));
  }

  /**
   * Begins.
   *
   * @param view what the loop knows and did
   * @param every zero is never
   */
  static SelfCheck start(
      CommandQueue queue, PolicyCheck.Sources sources, Supplier<AgentView> view, Duration every) {
    SelfCheck check = new SelfCheck(queue, sources, view, every);
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
    long nanos = System.nanoTime();
    return now.last()
        .at(Duration.ofNanos(nanos - now.at()), Duration.ofNanos(nanos - now.passed()));
  }

  private void look() {
    if (!view.get().progress().enforcing()) {
      return; // What is pinned is an earlier process's until then.
    }
    try {
      for (int i = 0; i < LOOKS; i++) {
        Wanted wanted = wanted();
        List<String> found =
            ReadBack.compare(wanted.observed(), wanted.bound(), KernelContent.read(sources.pins()));
        // What changed while it was read says nothing.
        if (found.isEmpty() || wanted().equals(wanted)) {
          compareWithPolicies();
          note(found);
          return;
        }
      }
    } catch (BpfException | IllegalArgumentException | UncheckedIOException unreadable) {
      note(List.of("the maps cannot be read: " + unreadable.getMessage()));
    } catch (CompletionException busy) {
      LOG.atDebug().addKeyValue("reason", busy.getMessage()).log("the loop does not answer");
    } catch (RuntimeException failure) { // or nothing would be compared ever again
      LOG.atError().setCause(failure).log("the check failed");
      note(List.of("the check failed: " + failure));
    }
  }

  private void compareWithPolicies() {
    long passes = policies.passes();
    policies.look();
    if (policies.passes() > passes) {
      passed = System.nanoTime();
    }
  }

  /** What the loop takes the kernel to hold, and at which interfaces pods are enforced. */
  private record Wanted(ObservedState observed, Map<HostInterface, PodRef> bound) {}

  private Wanted wanted() {
    ObservedState observed = Inquiry.of(queue, inside -> inside.datapath().observed()).join();
    Map<HostInterface, PodRef> bound = new HashMap<>();
    view.get()
        .hooks()
        .forEach((at, use) -> {
          if (use instanceof HookUse.OfPod(var pod)) {
            bound.put(at, pod);
          }
        });
    return new Wanted(observed, bound);
  }

  private void note(List<String> found) {
    for (String difference : found) {
      if (!before.contains(difference)) {
        LOG.atError().addKeyValue("what", difference).log("the kernel holds something else");
      }
    }
    before = found;
    Duration busy = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    Verified.Policies judged =
        new Verified.Policies(policies.differences(), policies.verdicts(), Duration.ZERO);
    state =
        new State(
            new Verified(++runs, found.size(), Duration.ZERO, busy, judged),
            System.nanoTime(),
            passed);
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
