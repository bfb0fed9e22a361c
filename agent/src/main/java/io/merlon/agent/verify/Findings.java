package io.merlon.agent.verify;

import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The differences so far; only the first of them are kept. */
final class Findings {
  private static final int MOST = 1000;

  private final List<Discrepancy> first = new ArrayList<>();
  private long more;
  private long asked;

  void asked(long verdicts) {
    asked += verdicts;
  }

  void add(Discrepancy.Kind kind, PodRef pod, String text) {
    if (first.size() < MOST) {
      first.add(new Discrepancy(kind, pod, text));
    } else {
      more++;
    }
  }

  VerifyReport report(int pods, @Nullable PodRef reached) {
    return new VerifyReport(pods, asked, first, more, reached);
  }
}
