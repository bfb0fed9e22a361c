package io.merlon.agent.workbench;

import io.merlon.agent.explain.NearMiss;
import io.merlon.agent.explain.Obstacle;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.policy.PortMatch;
import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Selector;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What would have had to be different, in words. */
final class Miss {
  private Miss() {}

  static String sentence(NearMiss miss) {
    return miss.rule()
        + " would allow it if "
        + miss.obstacles().stream().map(Miss::clause).collect(Collectors.joining(" and "));
  }

  private static String clause(Obstacle obstacle) {
    return switch (obstacle) {
      case Obstacle.Label(var whose, String name, var requirement) ->
          whose(whose) + " " + name + " had " + wanted(requirement);
      case Obstacle.OtherNamespace(String namespace) -> "the peer were in namespace " + namespace;
      case Obstacle.OtherPort(var ports) ->
          ports.isEmpty()
              ? "the rule had a port that means something"
              : "the port were "
                  + ports.stream().map(Miss::port).collect(Collectors.joining(" or "));
      case Obstacle.OtherAddress(var address, var block) ->
          address
              + " were in "
              + block.cidr()
              + (block.except().isEmpty() ? "" : " without " + joined(block.except()));
      case Obstacle.NotSelectable() -> "the peer were a pod or node that selectors can find";
      case Obstacle.Nobody() -> "the rule named anybody";
    };
  }

  private static String whose(Obstacle.Labelled whose) {
    return switch (whose) {
      case SUBJECT, PEER -> "pod";
      case PEER_NAMESPACE -> "namespace";
      case PEER_NODE -> "node";
    };
  }

  private static String wanted(Selector.Requirement requirement) {
    return switch (requirement) {
      case Selector.In(String key, var values) when values.size() == 1 ->
          "label " + key + "=" + values.iterator().next();
      case Selector.In(String key, var values) -> "label " + key + " with one of " + joined(values);
      case Selector.NotIn(String key, var values) ->
          "label " + key + " with none of " + joined(values);
      case Selector.Exists(String key) -> "a label " + key;
      case Selector.Absent(String key) -> "no label " + key;
    };
  }

  private static String joined(Collection<?> values) {
    var sorted = new TreeSet<String>();
    values.forEach(value -> sorted.add(value.toString()));
    return String.join(", ", sorted);
  }

  private static String port(PortMatch match) {
    return switch (match) {
      case PortMatch.Everything() -> "any";
      case PortRange(var protocol, int first, int last) when first == last ->
          new PortSpec(protocol, first).toString();
      case PortRange(var protocol, int first, int last) ->
          first + "-" + new PortSpec(protocol, last);
      case PortMatch.NamedPort(var protocol, String name) ->
          protocol == null
              ? "named " + name
              : "named " + name + "/" + protocol.name().toLowerCase(Locale.ROOT);
    };
  }
}
