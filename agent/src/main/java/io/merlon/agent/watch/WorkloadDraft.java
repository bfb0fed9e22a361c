package io.merlon.agent.watch;

import org.jspecify.annotations.Nullable;

/** A workload while it is read: how many pods it makes, and of what shape. */
final class WorkloadDraft {
  ObjectMeta meta = new ObjectMeta();
  @Nullable Integer replicas;
  int firstOrdinal;
  @Nullable PodDraft template;
}
