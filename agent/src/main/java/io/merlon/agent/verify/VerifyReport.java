package io.merlon.agent.verify;

import java.util.List;

/**
 * What came of a comparison.
 *
 * @param pods whose policies were compared
 * @param asked how many verdicts were
 * @param found the first differences
 * @param more how many further ones there are
 */
public record VerifyReport(int pods, long asked, List<Discrepancy> found, long more) {
  public VerifyReport {
    found = List.copyOf(found);
  }

  public boolean isSame() {
    return found.isEmpty();
  }
}
