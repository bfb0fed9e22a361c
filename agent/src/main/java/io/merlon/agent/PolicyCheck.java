package io.merlon.agent;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.verify.Discrepancy;
import io.merlon.agent.verify.Part;
import io.merlon.agent.verify.Rounds;
import io.merlon.agent.verify.Verifier;
import io.merlon.agent.verify.VerifyReport;
import io.merlon.agent.verify.VerifySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the kernel holds with what the cluster's objects ask for by the second reading of
 * the semantics, a part of it each time. It asks neither the loop nor its compiler.
 */
final class PolicyCheck {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyCheck.class);
  private static final int PODS_IN_PART = 512;

  /** What changes while it is read looks wrong for a moment. */
  private static final int LOOKS = 4;

  private static final long BETWEEN = TimeUnit.SECONDS.toNanos(1);

  private final Sources sources;
  private final Rounds rounds;
  private long verdicts;
  private Set<Discrepancy> before = Set.of();

  /** Where the kernel's state is found, and what it should be. */
  record Sources(Path pins, Supplier<ClusterSnapshot> cluster, Supplier<VerifySettings> settings) {}

  /**
   * Begins with the first part.
   *
   * @param atMost how long a look may take, if nothing is found
   */
  PolicyCheck(Sources sources, Duration atMost) {
    this.sources = sources;
    this.rounds = new Rounds(PODS_IN_PART, atMost);
  }

  /** Compares the next part. */
  void look() {
    ClusterSnapshot cluster = sources.cluster().get();
    Part part = rounds.next(cluster.pods().size());
    VerifyReport first = compare(cluster, part);
    Set<Discrepancy> found = new LinkedHashSet<>(first.found());
    for (int i = 1; i < LOOKS && !before.containsAll(found); i++) {
      LockSupport.parkNanos(BETWEEN);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      found.retainAll(compare(sources.cluster().get(), part.again(first.reached())).found());
    }
    for (Discrepancy difference : found) {
      if (!before.contains(difference)) {
        LOG.atError().addKeyValue("what", difference).log("the kernel differs from the policies");
      }
    }
    before = found;
    rounds.done(first.reached(), found);
  }

  private VerifyReport compare(ClusterSnapshot cluster, Part part) {
    VerifyReport report =
        Verifier.verify(
            cluster, KernelContent.read(sources.pins()), sources.settings().get(), part);
    verdicts += report.asked();
    return report;
  }

  /** How often all of it was compared. */
  long passes() {
    return rounds.passes();
  }

  /** How many verdicts were compared. */
  long verdicts() {
    return verdicts;
  }

  /** How many differences were there when their part was compared last. */
  int differences() {
    return rounds.differences();
  }
}
