package io.merlon.agent.glass;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.PodRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where the glass is broken now. A value.
 *
 * @param booted when the node was booted: the kernel counts from then
 */
public record Breaks(List<Break> all, Instant booted) {
  public static final Breaks NONE = new Breaks(List.of(), Instant.EPOCH);

  public Breaks {
    all = List.copyOf(all);
  }

  /** Where nobody knows when the node was booted: only the agent ends them. */
  public Breaks(List<Break> all) {
    this(all, Instant.EPOCH);
  }

  /** What a denial does to a pod's packets: where the glass is broken, it is reported only. */
  public Mode mode(LocalPod pod) {
    return mode(pod.pod(), pod.mode());
  }

  /** The same for a pod that asks for a mode. */
  public Mode mode(PodRef pod, Mode asked) {
    return suspends(pod, asked) ? Mode.AUDIT : asked;
  }

  /**
   * When that mode ends by itself, in seconds since boot, or 0: then nothing is suspended, or
   * nobody knows when the node was booted, and the agent alone ends it.
   */
  public int end(PodRef pod, Mode asked) {
    if (!suspends(pod, asked) || booted.equals(Instant.EPOCH)) {
      return 0;
    }
    return all.stream()
        .filter(it -> it.scope().covers(pod))
        .map(Break::until)
        .max(Comparator.naturalOrder())
        .map(until -> (int) Math.max(1, until.getEpochSecond() - booted.getEpochSecond()))
        .orElse(0);
  }

  private boolean suspends(PodRef pod, Mode asked) {
    return asked == Mode.ENFORCE && covers(pod);
  }

  /** Whether anything is broken over a pod. */
  public boolean covers(PodRef pod) {
    return !all.isEmpty() && at(pod).isPresent();
  }

  /** What is broken over a pod, the first of several. */
  public Optional<Break> at(PodRef pod) {
    return all.stream().filter(it -> it.scope().covers(pod)).findFirst();
  }

  /** Those that are not over. None may end later than the longest there is. */
  static Breaks of(List<Break> some, Instant now, Instant booted) {
    List<Break> left =
        some.stream()
            .filter(it -> !it.isOver(now) && !it.until().isAfter(now.plus(Break.LONGEST)))
            .toList();
    return left.isEmpty() ? NONE : new Breaks(left, booted);
  }
}
