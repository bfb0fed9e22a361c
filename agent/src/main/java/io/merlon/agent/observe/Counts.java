package io.merlon.agent.observe;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.program.Tally;
import io.merlon.datapath.Counter;
import java.util.HashMap;
import java.util.Map;

/** A {@link Tally} with its series understood. */
public record Counts(Map<Series, Counter> series, int uncounted, long overflowed) {
  public static final Counts NOTHING = new Counts(Map.of(), 0, 0);

  /** What there was no room for, or what a version of another mind wrote. */
  private static final Series OTHER =
      new Series(WorkloadRef.NONE, "", Series.Outcome.ALLOWED, "other", "", "");

  public Counts {
    series = Map.copyOf(series);
  }

  public static Counts of(Tally tally) {
    Map<Series, Counter> series = HashMap.newHashMap(tally.series().size());
    tally
        .series()
        .forEach((text, counter) -> {
          Series parsed = Series.parse(text);
          series.merge(parsed == null ? OTHER : parsed, counter, Counter::plus);
        });
    return new Counts(series, tally.uncounted(), tally.overflowed());
  }
}
