package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.model.Datagram.Shape;
import org.jspecify.annotations.Nullable;

/** Judges whole packets and first fragments: by the flow they belong to, else by policy. */
final class FlowJudge {
  private final PolicyBook book;
  private final PolicyJudge policy;
  private final Memory memory;
  private final Listener listener;

  /** Told what the event stream is told. */
  interface Listener {
    void began(Passage passage, Party party, Decision decision);

    /** A packet was denied, or would have been. */
    void denied(Denial denial);
  }

  FlowJudge(PolicyBook book, PolicyJudge policy, Memory memory, Listener listener) {
    this.book = book;
    this.policy = policy;
    this.memory = memory;
    this.listener = listener;
  }

  Judgement judge(Passage passage, Frame frame) {
    Flow flow = memory.flow(passage.key());
    if (flow != null && mayUse(passage, flow)) {
      return hit(passage, flow, frame);
    }
    return policy
        .party(passage)
        .map(party -> anew(passage, party, frame))
        .orElseGet(policy::unknownEndpoint);
  }

  private boolean mayUse(Passage passage, Flow flow) {
    boolean another = flow.mark() == 0 && passage.entryMark() != 0;
    return (passage.hook() == Hook.FROM_POD || !another)
        && switch (passage.shape()) {
          case ICMP_ERROR -> false;
          case SYN ->
              flow.state() == State.OPENING
                  && flow.opener == passage.direction()
                  && flow.epoch() == book.epoch
                  && isSender(flow, passage)
                  && !isLapsed(flow, passage);
          // Whoever pings answers nobody.
          case ECHO_REQUEST -> flow.opener == passage.direction();
          case SYN_ACK, FIN, RST, DATA, DATAGRAM, ECHO_REPLY -> true;
        };
  }

  /** Whether its sender's mark is the one it was judged by; what a pod itself sends has none. */
  private static boolean isSender(Flow flow, Passage passage) {
    return currentMark(flow, passage) == flow.mark();
  }

  private static int currentMark(Flow flow, Passage passage) {
    return passage.hook() == Hook.FROM_POD ? flow.mark() : passage.entryMark();
  }

  /** Whether nothing has happened since it was judged that could have changed the judgement. */
  private boolean isCertain(Flow flow, Passage passage) {
    return flow.epoch() == book.epoch && !flow.isRevoked() && !isLapsed(flow, passage);
  }

  /** Whether it was let in only until an end, and that has come. */
  private boolean isLapsed(Flow flow, Passage passage) {
    return flow.isLent() && book.end(passage.line()) == Endpoint.End.PAST;
  }

  private Judgement hit(Passage passage, Flow flow, Frame frame) {
    boolean certain = isCertain(flow, passage) && isSender(flow, passage);
    Judgement ended = rejudge(passage, flow);
    if (ended != null) {
      return ended;
    }
    flow.seen(passage.direction(), passage.shape());
    flow.count(passage.direction(), Tally.packets(frame), frame.bytes().length, memory.now());
    Judgement judgement = Judgement.of(flow.decision());
    return certain ? judgement.travelling() : judgement;
  }

  /** Brings an entry that is not certain to date, or says how the packet ends with it. */
  private @Nullable Judgement rejudge(Passage passage, Flow flow) {
    if (isCertain(flow, passage) && isSender(flow, passage)) {
      return null;
    }
    Party party = policy.party(passage).orElse(null);
    if (party == null) {
      return policy.unknownEndpoint();
    }
    if (policy.isSpoofed(passage, party)) {
      return spoofed(party);
    }
    int mark = currentMark(flow, passage);
    Decision again = policy.openerOf(flow.opener, mark, passage.key(), party);
    if (!again.passes()) {
      flow.revoke(again, book.epoch, mark, memory.now());
      return Judgement.of(again).because(Code.REVOKED);
    }
    flow.rejudged(again, book.epoch, mark);
    lend(flow, passage);
    return null;
  }

  private static Judgement spoofed(Party party) {
    return Judgement.of(Decision.coded(party, Direction.EGRESS, Code.SPOOFED)).forThisPacketOnly();
  }

  private Judgement anew(Passage passage, Party party, Frame frame) {
    if (policy.isSpoofed(passage, party)) {
      return spoofed(party);
    }
    return switch (passage.shape()) {
      case ICMP_ERROR -> related(passage, party);
      case ECHO_REPLY -> Judgement.of(policy.forward(passage, party));
      case SYN_ACK ->
          passage.isMarked()
              ? Judgement.of(policy.forward(passage, party))
              : answer(policy.reverse(passage, party));
      case FIN, RST, DATA -> pickUp(passage, party, frame);
      case SYN, DATAGRAM, ECHO_REQUEST -> open(passage, party, frame);
    };
  }

  private Judgement open(Passage passage, Party party, Frame frame) {
    Decision decision = policy.forward(passage, party);
    Flow existing = memory.flow(passage.key());
    boolean closed = existing != null && existing.state() == State.CLOSED;
    boolean replaceable = existing == null || closed || !existing.decision().allow();
    if (decision.allow() || (decision.passes() && replaceable)) {
      begin(passage, party, decision, frame);
    }
    return Judgement.of(decision);
  }

  /** A segment of a connection nobody remembers: adopted, or let through as somebody's answer. */
  private Judgement pickUp(Passage passage, Party party, Frame frame) {
    Decision own = policy.forward(passage, party);
    if (own.allow()) {
      boolean kept = passage.shape() != Shape.RST && begin(passage, party, own, frame);
      return kept ? Judgement.of(own).andCount(Stat.PICKED_UP) : Judgement.of(own);
    }
    if (passage.isMarked()) {
      return Judgement.of(own); // it went to a service, which nobody answers
    }
    Decision reverse = policy.reverse(passage, party);
    return reverse.allow() ? answer(reverse) : Judgement.of(own);
  }

  private static Judgement answer(Decision reverse) {
    Judgement judgement = Judgement.of(reverse);
    return reverse.allow() ? judgement.andCount(Stat.PASSED_AS_ANSWER) : judgement;
  }

  private Judgement related(Passage passage, Party party) {
    FlowKey key = Quote.keyOf(passage).orElse(null);
    Flow flow = key == null ? null : memory.flow(key);
    if (key == null || flow == null) {
      return Judgement.of(policy.forward(passage, party));
    }
    int mark = passage.isMarked() ? passage.entryMark() : flow.mark();
    if (isCertain(flow, passage) && mark == flow.mark()) {
      return Judgement.of(flow.decision()).travelling();
    }
    // An error neither renews nor ends the flow it is about.
    Decision again = policy.openerOf(flow.opener, mark, key, party.ofQuoted());
    return Judgement.of(again.allow() ? again : policy.forward(passage, party));
  }

  /** What passes only because its pod is not enforced does so until that ends. */
  private void lend(Flow flow, Passage passage) {
    boolean ends = passage.hook() != Hook.UPLINK && book.end(passage.line()) != Endpoint.End.NEVER;
    flow.lend(ends && !flow.decision().allow());
  }

  private boolean begin(Passage passage, Party party, Decision decision, Frame frame) {
    if (passage.hook() == Hook.TO_POD && !party.owns(passage.pod())) {
      return false;
    }
    Flow flow = Flow.begin(passage, decision, book.epoch);
    flow.count(passage.direction(), Tally.packets(frame), frame.bytes().length, memory.now());
    lend(flow, passage);
    memory.keep(passage.key(), flow);
    if (decision.allow()) {
      listener.began(passage, party, decision);
    }
    return true;
  }
}
