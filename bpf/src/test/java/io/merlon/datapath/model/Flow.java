package io.merlon.datapath.model;

import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.model.Datagram.Shape;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * A flow entry and how it ages. Its decision is the one its packets are counted to, or the one that
 * revoked it.
 */
final class Flow {
  private static final int OPEN_TIMEOUT = 3 * 3600;

  final Direction opener;
  private int mark;
  private final Set<Direction> finished = EnumSet.noneOf(Direction.class);
  private final Map<Direction, Count> counts = new EnumMap<>(Direction.class);
  private State state;
  private Decision decision;
  private int epoch;
  private long lastSeen;
  private boolean revoked;
  private boolean lent;
  private long revokedAt;

  private Flow(Direction opener, int mark, State state, Decision decision, int epoch) {
    this.opener = opener;
    this.mark = mark;
    this.state = state;
    this.decision = decision;
    this.epoch = epoch;
  }

  /** Opened by a packet that begins something, or adopted in its middle. */
  static Flow begin(Passage passage, Decision decision, int epoch) {
    State state =
        switch (passage.shape()) {
          case SYN -> State.OPENING;
          case FIN -> State.CLOSING;
          case DATA -> State.OPEN;
          case ECHO_REQUEST -> State.ECHO;
          case DATAGRAM ->
              passage.datagram().protocol() == Protocol.UDP ? State.ONE_WAY : State.OTHER;
          case SYN_ACK, RST, ECHO_REPLY, ICMP_ERROR ->
              throw new IllegalArgumentException(passage.shape() + " begins no flow");
        };
    Flow flow = new Flow(passage.direction(), passage.entryMark(), state, decision, epoch);
    if (passage.shape() == Shape.FIN) {
      flow.finished.add(passage.direction());
    }
    return flow;
  }

  Decision decision() {
    return decision;
  }

  int epoch() {
    return epoch;
  }

  State state() {
    return state;
  }

  /** It is at an uplink, which sees only what its opener sends. */
  private boolean isHalf() {
    return mark != 0 && opener == Direction.EGRESS;
  }

  int mark() {
    return mark;
  }

  void rejudged(Decision again, int currentEpoch, int newMark) {
    mark = newMark;
    decision = again;
    epoch = currentEpoch;
    revoked = false;
  }

  /** Whether it passes only until the end of its pod's mode. */
  boolean isLent() {
    return lent;
  }

  void lend(boolean untilTheEnd) {
    lent = untilTheEnd;
  }

  boolean isRevoked() {
    return revoked;
  }

  /**
   * It carries nothing from now on. What its ends still send keeps it, so that neither takes the
   * other for an opener, but for three hours at most.
   */
  void revoke(Decision denial, int currentEpoch, int newMark, long now) {
    if (revoked && newMark == mark) {
      if (now - revokedAt <= OPEN_TIMEOUT) {
        lastSeen = now;
      }
      return;
    }
    mark = newMark;
    revoked = true;
    revokedAt = now;
    lastSeen = now;
    decision = denial;
    epoch = currentEpoch;
    lent = false;
    finished.clear();
    state =
        switch (state) {
          case OPENING, OPEN, CLOSING, CLOSED -> State.OPEN;
          case ONE_WAY, BOTH_WAYS, ECHO, OTHER -> state;
        };
  }

  boolean expired(long now) {
    return now - lastSeen > timeout();
  }

  private long timeout() {
    return switch (state) {
      case OPENING, CLOSING, ONE_WAY, OTHER -> 60;
      case OPEN -> OPEN_TIMEOUT;
      case CLOSED -> 10;
      case BOTH_WAYS -> 180;
      case ECHO -> 30;
    };
  }

  void seen(Direction direction, Shape shape) {
    state =
        switch (state) {
          case OPENING, OPEN, CLOSING -> afterSegment(direction, shape);
          case ONE_WAY -> direction == opener && !isHalf() ? State.ONE_WAY : State.BOTH_WAYS;
          case CLOSED, BOTH_WAYS, ECHO, OTHER -> state;
        };
  }

  private State afterSegment(Direction direction, Shape shape) {
    if (shape == Shape.RST) {
      return State.CLOSED;
    }
    if (shape == Shape.FIN) {
      finished.add(direction);
      return finished.size() == 2 ? State.CLOSED : State.CLOSING;
    }
    boolean answered =
        state == State.OPENING && (direction != opener || isHalf()) && shape != Shape.SYN;
    return answered ? State.OPEN : state;
  }

  void count(Direction direction, long packets, long bytes, long now) {
    counts.merge(direction, new Count(packets, bytes), (old, more) -> old.plus(packets, bytes));
    lastSeen = now;
  }

  FlowView view() {
    return new FlowView(
        state,
        opener,
        epoch,
        decision.countedTo(),
        !decision.allow() && !revoked,
        decision.far() && !revoked,
        decision.deferred(),
        revoked,
        mark,
        counts.getOrDefault(Direction.EGRESS, Count.NONE),
        counts.getOrDefault(Direction.INGRESS, Count.NONE));
  }
}
