package io.merlon.agent.oracle;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cell in which two readings of one world disagree.
 *
 * @param service whether it was asked of a service's virtual address
 */
record Difference(Question question, boolean service, String expected, String found) {

  /** Null where both agree. */
  static @Nullable Difference at(Question question, Judge expected, Judge found) {
    Verdicts a = expected.judge(question);
    Verdicts b = found.judge(question);
    return a.equals(b) ? null : new Difference(question, false, a.toString(), b.toString());
  }

  /** The same of a service; where there is no backend there is nothing to judge. */
  static @Nullable Difference atService(Question question, Judge expected, Judge found) {
    Set<Boolean> a = expected.judgeService(question);
    Set<Boolean> b = found.judgeService(question);
    return a.isEmpty() || a.equals(b)
        ? null
        : new Difference(question, true, "allowed by backend " + a, "allowed by backend " + b);
  }

  /** The same cell asked of other judges. */
  @Nullable Difference again(Judge one, Judge other) {
    return service ? atService(question, one, other) : at(question, one, other);
  }

  @Override
  public String toString() {
    return question + ": expected " + expected + ", found " + found;
  }
}
