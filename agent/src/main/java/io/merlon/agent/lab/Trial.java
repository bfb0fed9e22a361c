package io.merlon.agent.lab;

import io.merlon.agent.explain.Cell;

/**
 * A cell of the matrix, and what packets did.
 *
 * @param expected whether they should pass: where a pod's mode only observes or audits, they pass
 *     whatever policies say
 */
public record Trial(Cell cell, boolean expected, Outcome outcome) {
  /** Whether packets did what policies and modes say. */
  public boolean asExpected() {
    return expected ? outcome == Outcome.ANSWERED : outcome == Outcome.SILENT;
  }
}
