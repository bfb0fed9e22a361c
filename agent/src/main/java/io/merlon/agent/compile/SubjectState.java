package io.merlon.agent.compile;

import io.merlon.agent.identity.WorkloadRef;

/** The local pods of one workload that the same policies select. */
final class SubjectState {
  final Integer number;
  Key key;
  SharedTable shared;

  /** How many groups of pods it is for. */
  int groups;

  /**
   * What makes a subject: being treated alike, and counted alike.
   *
   * @param workload whom its packets are counted for
   */
  record Key(SharedTable.Key rules, WorkloadRef workload) {}

  SubjectState(int number, Key key, SharedTable shared) {
    this.number = number;
    this.key = key;
    this.shared = shared;
  }

  VerdictTable table() {
    return shared.table();
  }
}
