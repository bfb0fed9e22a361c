package io.merlon.agent.glass;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.PodRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where the glass is broken now. A value. */
public record Breaks(List<Break> all) {
  public static final Breaks NONE = new Breaks(List.of());

  public Breaks {
    all = List.copyOf(all);
  }

  /** What a denial does to a pod's packets: where the glass is broken, it is reported only. */
  public Mode mode(LocalPod pod) {
    return mode(pod.pod(), pod.mode());
  }

  /** The same for a pod that asks for a mode. */
  public Mode mode(PodRef pod, Mode asked) {
    return asked == Mode.ENFORCE && covers(pod) ? Mode.AUDIT : asked;
  }

  private boolean covers(PodRef pod) {
    return at(pod).isPresent();
  }

  /** What is broken over a pod, the first of several. */
  public Optional<Break> at(PodRef pod) {
    return all.stream().filter(it -> it.scope().covers(pod)).findFirst();
  }

  /** Those that are not over. None may end later than the longest there is. */
  static Breaks of(List<Break> some, Instant now) {
    return new Breaks(
        some.stream()
            .filter(it -> !it.isOver(now) && !it.until().isAfter(now.plus(Break.LONGEST)))
            .toList());
  }
}
