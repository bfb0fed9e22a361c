package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import java.util.Optional;

/** Gives what counters count the names under which it is added up, from process to process. */
public interface CounterNames {
  /** Whom a subject that is about to get counters is counted for. */
  WorkloadRef owner(int subject);

  /**
   * The series that packets of this meaning belong to, always the same for the same; empty as long
   * as nobody knows enough, and then it is asked again.
   */
  Optional<String> series(WorkloadRef owner, SlotMeaning meaning);
}
