package io.merlon.agent.verify;

import io.merlon.agent.identity.PodRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a comparison.
 *
 * @param pods whose policies were compared
 * @param asked how many verdicts were
 * @param found the first differences
 * @param more how many further ones there are
 * @param reached the pod it came to before its time was over, null if it came through
 */
public record VerifyReport(
    int pods, long asked, List<Discrepancy> found, long more, @Nullable PodRef reached) {
  public VerifyReport {
    found = List.copyOf(found);
  }

  public boolean isSame() {
    return found.isEmpty();
  }
}
