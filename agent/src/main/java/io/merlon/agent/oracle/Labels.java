package io.merlon.agent.oracle;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import java.util.Map;
import java.util.regex.Pattern;

/** Label selectors, as the API server's own documentation defines them. */
final class Labels {
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

  private Labels() {}

  /** Whether a selector matches of which {@link #valid} was asked before. */
  static boolean match(LabelSelector selector, Map<String, String> labels) {
    for (Map.Entry<String, String> wanted : selector.matchLabels().entrySet()) {
      if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
        return false; // {k: ""} wants the key too (NP-10)
      }
    }
    for (Requirement requirement : selector.matchExpressions()) {
      if (!match(requirement, labels)) {
        return false;
      }
    }
    return true;
  }

  private static boolean match(Requirement requirement, Map<String, String> labels) {
    String value = labels.get(requirement.key());
    return switch (requirement.operator()) {
      case "In" -> value != null && requirement.values().contains(value);
      case "NotIn" -> value == null || !requirement.values().contains(value); // NP-10
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> throw new IllegalStateException("judged before it was checked: " + requirement);
    };
  }

  static boolean valid(LabelSelector selector) {
    for (Map.Entry<String, String> wanted : selector.matchLabels().entrySet()) {
      if (!validKey(wanted.getKey()) || !validValue(wanted.getValue())) {
        return false;
      }
    }
    for (Requirement requirement : selector.matchExpressions()) {
      if (!valid(requirement)) {
        return false;
      }
    }
    return true;
  }

  private static boolean valid(Requirement requirement) {
    boolean operator =
        switch (requirement.operator()) {
          case "In", "NotIn" -> !requirement.values().isEmpty();
          case "Exists", "DoesNotExist" -> requirement.values().isEmpty();
          default -> false;
        };
    return operator
        && validKey(requirement.key())
        && requirement.values().stream().allMatch(Labels::validValue);
  }

  private static boolean validKey(String key) {
    int slash = key.indexOf('/');
    String prefix = slash < 0 ? "" : key.substring(0, slash);
    return (slash < 0 || (prefix.length() <= 253 && PREFIX.matcher(prefix).matches()))
        && validName(key.substring(slash + 1));
  }

  private static boolean validValue(String value) {
    return value.isEmpty() || validName(value);
  }

  private static boolean validName(String name) {
    return name.length() <= 63 && NAME.matcher(name).matches();
  }
}
