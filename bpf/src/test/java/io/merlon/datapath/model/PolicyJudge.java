package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Hook;
import java.util.Optional;

/** What policy says of a packet without looking at flows: the pod's, and the marked source's. */
final class PolicyJudge {
  private final PolicyBook book;

  PolicyJudge(PolicyBook book) {
    this.book = book;
  }

  Optional<Party> party(Hook hook, int line, int mark) {
    return hook == Hook.UPLINK
        ? Optional.of(Party.marked(mark))
        : book.party(line, hook == Hook.FROM_POD);
  }

  Optional<Party> party(Passage passage) {
    return party(passage.hook(), passage.line(), passage.mark());
  }

  Judgement unknownEndpoint() {
    return Judgement.unknownEndpoint(book.settings.allowUnknownEndpoints());
  }

  boolean isSpoofed(Passage passage, Party party) {
    return passage.hook() == Hook.FROM_POD
        && book.settings.verifySource()
        && !party.owns(passage.datagram().source());
  }

  /** The packet as an opener of its own direction. */
  Decision forward(Passage passage, Party party) {
    int port = passage.datagram().transport().destinationPort();
    Opening opening = opening(passage, passage.direction(), port);
    int mark = passage.hook() == Hook.TO_POD ? passage.entryMark() : 0;
    return both(party, book.decide(party, opening), mark, opening);
  }

  /** The opener that this packet would be an answer to. */
  Decision reverse(Passage passage, Party party) {
    int port = passage.datagram().transport().sourcePort();
    return book.decide(party, opening(passage, passage.direction().other(), port));
  }

  private static Opening opening(Passage passage, Direction direction, int port) {
    return new Opening(
        direction, passage.pod(), passage.peer(), port, passage.datagram().protocol());
  }

  /** The opener of a flow that is there already. */
  Decision openerOf(Direction opener, int mark, FlowKey key, Party party) {
    int port = opener == Direction.EGRESS ? key.peerPort() : key.podPort();
    Opening opening = new Opening(opener, key.pod(), key.peer(), port, key.protocol());
    int of = opener == Direction.INGRESS ? mark : 0;
    return both(party, book.decide(party, opening), of, opening);
  }

  /** A later fragment whose first one is not known. */
  Decision withoutPort(Passage passage, Party party) {
    if (isSpoofed(passage, party)) {
      return Decision.coded(party, passage.direction(), Code.SPOOFED);
    }
    Opening opening = opening(passage, passage.direction(), 0);
    Decision own = book.decideWithoutPort(party, opening);
    if (passage.hook() != Hook.TO_POD || !passage.isMarked()) {
      return own;
    }
    Party source = Party.marked(passage.mark());
    return both(party, own, source, book.decideWithoutPort(source, turned(opening)));
  }

  /** The same opening as the egress of the pod it comes from. */
  private static Opening turned(Opening opening) {
    Address source = opening.peer();
    Address destination = opening.pod();
    return new Opening(Direction.EGRESS, source, destination, opening.port(), opening.protocol());
  }

  private Decision both(Party party, Decision own, int mark, Opening opening) {
    if (!Party.isMark(mark)) {
      return own;
    }
    Party source = Party.marked(mark);
    return both(party, own, source, book.decide(source, turned(opening)));
  }

  /**
   * What the destination's ingress and the source's egress make together: what drops decides before
   * what only records, and the destination before the source.
   */
  private static Decision both(Party party, Decision own, Party source, Decision theirs) {
    boolean hairpin = own.reason() == Code.NODE && source.subject() == party.subject();
    if (hairpin || !own.passes()) {
      return own;
    }
    if (!theirs.passes()) {
      return theirs.ofSender();
    }
    return own.allow() && !theirs.allow() ? theirs.ofSender() : own;
  }
}
