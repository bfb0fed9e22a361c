package io.merlon.it;

import io.merlon.it.NewPods.Coming;
import java.time.Duration;
import java.util.List;

/**
 * Where packets show of pods that come, and are allowed nothing.
 *
 * @param guest whom they try to reach
 * @param anchor a pod that is judged by the same table as the new ones, and counted with them
 * @param late what passed
 */
record WatchedPods(Pod guest, Pod anchor, PinnedState state, List<String> late) {
  static final long PACKETS = 5;
  static final Duration PATIENT = Duration.ofSeconds(20);

  /** Pods of one workload are counted together, those of none each for itself. */
  static final String OF_ONE_WORKLOAD =
      "labels: {app: new}, ownerReferences: [{kind: DaemonSet, name: new, controller: true}]";

  void noteAnyOf(Coming pod, long passed) {
    if (passed > 0) {
      late.add(passed + " packets of " + pod.device());
    }
  }

  /** Does something and waits until some packets more are denied; how many. */
  long awaitDenied(Runnable work) {
    long before = state.dropped(anchor);
    work.run();
    Await.until("denied", PATIENT, () -> state.dropped(anchor) >= before + PACKETS);
    return state.dropped(anchor) - before;
  }
}
