package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a packet.
 *
 * @param outcome by which it passes, and is told of
 * @param countedTo null where nothing is counted
 * @param stat counted besides, or null
 * @param far whether it is told with the ends exchanged: as its sender's, see {@link Decision}
 * @param why for the reader of a failure, and the reason in an event
 */
record Judgement(
    Outcome outcome,
    @Nullable CounterKey countedTo,
    @Nullable Stat stat,
    Code why,
    Reach reach,
    boolean far) {

  /** Whether it passes, and if so, whether as it should. */
  enum Outcome {
    ALLOWED,
    /** Denied, where nothing is enforced. */
    WOULD_DENY,
    DENIED
  }

  /** Whom it concerns. */
  enum Reach {
    /** This packet alone. */
    PACKET,
    /** The later fragments of its datagram too. */
    DATAGRAM,
    /** It is a later fragment, and was decided by the first. */
    REPEATED
  }

  /** Passes and leaves no trace. */
  static final Judgement UNCOUNTED =
      new Judgement(Outcome.ALLOWED, null, null, Code.POLICY, Reach.PACKET, false);

  /** The last step: a denial drops only where the pod is enforced. */
  static Judgement of(Decision decision) {
    Outcome outcome =
        decision.allow()
            ? Outcome.ALLOWED
            : decision.passes() ? Outcome.WOULD_DENY : Outcome.DENIED;
    return new Judgement(
        outcome, decision.countedTo(), null, decision.reason(), Reach.DATAGRAM, decision.far());
  }

  static Judgement unknownEndpoint(boolean allowed) {
    Stat stat = allowed ? Stat.UNKNOWN_PASSED : Stat.UNKNOWN_DROPPED;
    Outcome outcome = allowed ? Outcome.ALLOWED : Outcome.DENIED;
    return new Judgement(outcome, null, stat, Code.UNKNOWN_ENDPOINT, Reach.PACKET, false);
  }

  boolean pass() {
    return outcome != Outcome.DENIED;
  }

  /** Whether events tell of it. */
  boolean isDenial() {
    return outcome != Outcome.ALLOWED;
  }

  /** As an earlier packet's: that one's denial was told. */
  Judgement travelling() {
    return new Judgement(Outcome.ALLOWED, countedTo, stat, why, reach, far);
  }

  /**
   * What a pod sends to a service whose backends differ is marked; of a datagram, the first piece.
   */
  Fate fate(Hook hook) {
    if (!pass()) {
      return Fate.DROPPED;
    }
    boolean marked = hook == Hook.FROM_POD && why == Code.DEFERRED && reach != Reach.REPEATED;
    return marked ? Fate.MARKED : Fate.PASSED;
  }

  Judgement because(Code code) {
    return new Judgement(outcome, countedTo, stat, code, reach, far);
  }

  Judgement forThisPacketOnly() {
    return new Judgement(outcome, countedTo, stat, why, Reach.PACKET, far);
  }

  Judgement repeated() {
    return new Judgement(Outcome.ALLOWED, countedTo, null, why, Reach.REPEATED, far);
  }

  Judgement andCount(Stat other) {
    return new Judgement(outcome, countedTo, other, why, reach, far);
  }
}
