package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.model.Datagram.Fragment;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks a packet through the steps, from the wire to the endpoint's last word. */
final class Judge {
  private final PolicyBook book;
  private final Memory memory;
  private final PolicyJudge policy;
  private final FlowJudge flows;
  private final FlowJudge.Listener listener;

  Judge(PolicyBook book, Memory memory, FlowJudge.Listener listener) {
    this.book = book;
    this.listener = listener;
    this.memory = memory;
    this.policy = new PolicyJudge(book);
    this.flows = new FlowJudge(book, policy, memory, listener);
  }

  Judgement judge(Hook hook, int line, Frame frame) {
    if (hook == Hook.UPLINK && !Party.isMark(frame.mark())) {
      return Judgement.UNCOUNTED;
    }
    return switch (Parser.parse(frame)) {
      case Parsed.Arp arp -> Judgement.UNCOUNTED;
      case Parsed.Foreign foreign ->
          book.settings.allowOtherEthertypes()
              ? Judgement.UNCOUNTED
              : unreadable(hook, line, frame, Code.ETHERTYPE);
      case Parsed.Malformed malformed -> unreadable(hook, line, frame, malformed.reason());
      case Parsed.Ip ip -> {
        Passage passage = new Passage(hook, line, frame.mark(), ip.datagram());
        yield told(line, passage.key(), datagram(passage, frame));
      }
    };
  }

  private Judgement told(int line, @Nullable FlowKey key, Judgement judgement) {
    if (judgement.isDenial()) {
      CounterKey countedTo =
          Objects.requireNonNullElseGet(judgement.countedTo(), CounterKey.Nobodys::new);
      FlowKey seen = key != null && judgement.far() ? key.turned() : key;
      listener.denied(Denial.of(line, countedTo, seen));
    }
    return judgement;
  }

  private Judgement unreadable(Hook hook, int line, Frame frame, Code reason) {
    Direction direction = hook == Hook.TO_POD ? Direction.INGRESS : Direction.EGRESS;
    return told(line, null, coded(policy.party(hook, line, frame.mark()), direction, reason));
  }

  private Judgement coded(Optional<Party> party, Direction direction, Code reason) {
    return party
        .map(known -> Judgement.of(Decision.coded(known, direction, reason)))
        .orElseGet(policy::unknownEndpoint);
  }

  private Judgement datagram(Passage passage, Frame frame) {
    if (Courtesy.isListenerReport(passage)
        || (passage.hook() != Hook.TO_POD && Courtesy.isDhcpRequest(passage))) {
      return Judgement.UNCOUNTED;
    }
    if (Courtesy.isNeighbourDiscovery(passage)) {
      return neighbourDiscovery(passage);
    }
    Fragment fragment = passage.datagram().fragment();
    if (fragment == null) {
      return flows.judge(passage, frame);
    }
    Memory.FragmentKey key = Memory.FragmentKey.of(passage, fragment);
    if (!fragment.isFirst()) {
      return laterFragment(passage, fragment, key);
    }
    Judgement judgement = flows.judge(passage, frame);
    if (judgement.pass() && judgement.reach() == Judgement.Reach.DATAGRAM) {
      memory.remember(key, judgement, book.epoch, passage.datagram().protocol());
    }
    return judgement;
  }

  private Judgement neighbourDiscovery(Passage passage) {
    if (passage.hook() != Hook.FROM_POD || Courtesy.needsNoAddress(passage.datagram().source())) {
      return Judgement.UNCOUNTED;
    }
    Optional<Party> party = policy.party(passage);
    if (party.isPresent() && !policy.isSpoofed(passage, party.get())) {
      return Judgement.UNCOUNTED;
    }
    return coded(party, Direction.EGRESS, Code.SPOOFED);
  }

  private Judgement laterFragment(Passage passage, Fragment fragment, Memory.FragmentKey key) {
    Optional<Party> party = policy.party(passage);
    Memory.First first = memory.firstOf(key, book.epoch);
    boolean overlaps =
        Protocol.hasOpenings(fragment.protocol())
            || (first != null && Protocol.hasOpenings(first.protocol()));
    if (overlaps && fragment.offset() == 1) {
      return coded(party, passage.direction(), Code.FRAGMENT_OVERLAP);
    }
    if (first != null) {
      return first.judgement().repeated();
    }
    return party
        .map(known -> Judgement.of(policy.withoutPort(passage, known)))
        .orElseGet(policy::unknownEndpoint);
  }
}
