package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.PortVerdict;

/**
 * What policy says of a packet, before the last step.
 *
 * @param enforced whether the pod it was judged for is enforced
 * @param reason why, for the event: as the table says where it denied, {@link Code#POLICY} where it
 *     allowed
 * @param far whether it is the marked sender's, judged where the packet arrives
 */
record Decision(boolean allow, boolean enforced, CounterKey countedTo, Code reason, boolean far) {

  /** As a table says. */
  static Decision byTable(Party party, PortVerdict verdict) {
    return new Decision(
        verdict.allow(),
        party.enforced(),
        new CounterKey.Decision(party.subject(), verdict.decision(), party.mode()),
        verdict.reason(),
        false);
  }

  /** As no table says: a passage, or a reason to deny. */
  static Decision coded(Party party, Direction direction, Code code) {
    return new Decision(
        code.isPassage(),
        party.enforced(),
        new CounterKey.Coded(party.subject(), party.mode(), direction, code),
        code,
        false);
  }

  Decision ofSender() {
    return new Decision(allow, enforced, countedTo, reason, true);
  }

  boolean passes() {
    return allow || !enforced;
  }

  boolean deferred() {
    return reason == Code.DEFERRED;
  }
}
