package io.merlon.agent.compile;

import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PortMatch;
import io.merlon.agent.policy.PortMatch.Everything;
import io.merlon.agent.policy.PortMatch.NamedPort;
import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.List;

/**
 * Flattens the tiers into a row. Each layer is painted from its last rule to its first, so that the
 * first match is what remains on top; below everything lies what holds where no rule matches.
 */
final class RowBuilder {
  private final SubjectRules rules;
  private final Decision ground;

  RowBuilder(SubjectRules rules) {
    this.rules = rules;
    Direction direction = rules.direction();
    this.ground =
        rules.isolating().isEmpty()
            ? Decision.allow(new DecidedBy.DefaultAllow(direction))
            : Decision.deny(new DecidedBy.DefaultDeny(direction, rules.isolating()));
  }

  /**
   * The row for peers with one of these signatures. There are several only where several pods claim
   * one address: then what any of them may not do, none may.
   */
  Row build(List<Signature> peers) {
    Row row = null;
    for (Signature peer : peers) {
      row = row == null ? build(peer) : row.narrowedBy(build(peer));
    }
    return row == null ? build(Signature.NONE) : row;
  }

  /** The row for peers with this signature. */
  Row build(Signature peer) {
    // A named port is the destination's: the subject's own on the way in, the peer's on the way
    // out.
    List<PortAnswer> ports =
        rules.direction() == Direction.INGRESS ? rules.ownPorts() : peer.ports();
    List<TestedRule> lower =
        matching(rules.isolating().isEmpty() ? rules.baseline() : rules.accepting(), peer);
    List<TestedRule> admin = matching(rules.admin(), peer);
    Row.Builder row = new Row.Builder();
    for (Protocol protocol : Protocol.values()) {
      PortPainter below = new PortPainter(ground);
      paint(lower, protocol, ports, below, new PortPainter(ground));
      PortPainter top = below.copy();
      paint(admin, protocol, ports, top, below);
      row.set(protocol, top.intervals());
    }
    return row.build();
  }

  private static List<TestedRule> matching(List<TestedRule> rules, Signature peer) {
    List<TestedRule> matching = new ArrayList<>();
    for (TestedRule rule : rules) {
      if (rule.matches(peer)) {
        matching.add(rule);
      }
    }
    return matching.reversed();
  }

  /** Paints rules, last one first; where a rule passes, the tier below shows through. */
  private static void paint(
      List<TestedRule> reversed,
      Protocol protocol,
      List<PortAnswer> answers,
      PortPainter painter,
      PortPainter below) {
    for (TestedRule rule : reversed) {
      for (PortMatch match : rule.ports()) {
        for (PortRange range : ranges(match, protocol, answers)) {
          if (rule.action() == Action.PASS) {
            painter.reveal(range.first(), range.last(), below);
          } else {
            painter.paint(range.first(), range.last(), rule.decision());
          }
        }
      }
    }
  }

  private static List<PortRange> ranges(
      PortMatch match, Protocol protocol, List<PortAnswer> answers) {
    return switch (match) {
      // Without ports, the interval of all of them stands for the protocol itself.
      case Everything() -> List.of(PortRange.all(Protocol.TCP));
      case PortRange range -> range.protocol() == protocol ? List.of(range) : List.of();
      case NamedPort named -> {
        List<PortRange> found = new ArrayList<>();
        for (PortAnswer answer : answers) {
          if (answer.protocol() == protocol && answer.answers(named)) {
            found.add(new PortRange(protocol, answer.port(), answer.port()));
          }
        }
        yield found;
      }
    };
  }
}
