package io.merlon.agent.policy;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.policy.Selector.Absent;
import io.merlon.agent.policy.Selector.Exists;
import io.merlon.agent.policy.Selector.In;
import io.merlon.agent.policy.Selector.NotIn;
import io.merlon.agent.policy.Selector.Requirement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads label selectors, by the rules of the API server. */
final class SelectorReader {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*");
  private static final Comparator<Requirement> ORDER =
      Comparator.comparing(Requirement::key).thenComparing(Object::toString);

  private SelectorReader() {}

  /** The selector, or null if it has an invalid part, which is then among the problems. */
  static @Nullable Selector read(LabelSelector written, String field, ProblemList problems) {
    List<Requirement> requirements = new ArrayList<>();
    boolean valid = true;
    for (Map.Entry<String, String> label : new TreeMap<>(written.matchLabels()).entrySet()) {
      String wrong = wrongKey(label.getKey());
      wrong = wrong == null ? wrongValue(label.getValue()) : wrong;
      if (wrong == null) {
        requirements.add(new In(label.getKey(), Set.of(label.getValue())));
      } else {
        problems.add(field + ".matchLabels[" + label.getKey() + "]", wrong);
        valid = false;
      }
    }
    List<LabelSelector.Requirement> expressions = written.matchExpressions();
    for (int i = 0; i < expressions.size(); i++) {
      String place = field + ".matchExpressions[" + i + "]";
      Requirement requirement = read(expressions.get(i), place, problems);
      if (requirement == null) {
        valid = false;
      } else {
        requirements.add(requirement);
      }
    }
    requirements.sort(ORDER);
    return valid ? new Selector(requirements) : null;
  }

  private static @Nullable Requirement read(
      LabelSelector.Requirement written, String field, ProblemList problems) {
    String key = written.key();
    String wrong = wrongKey(key);
    if (wrong != null) {
      problems.add(field + ".key", wrong);
      return null;
    }
    Set<String> values = new HashSet<>(written.values());
    return switch (written.operator()) {
      case "In" -> hasValues(values, field, problems) ? new In(key, values) : null;
      case "NotIn" -> hasValues(values, field, problems) ? new NotIn(key, values) : null;
      case "Exists" -> hasNoValues(values, field, problems) ? new Exists(key) : null;
      case "DoesNotExist" -> hasNoValues(values, field, problems) ? new Absent(key) : null;
      default -> {
        problems.add(field + ".operator", "unknown operator \"" + written.operator() + "\"");
        yield null;
      }
    };
  }

  private static boolean hasValues(Set<String> values, String field, ProblemList problems) {
    if (values.isEmpty()) {
      problems.add(field + ".values", "no values");
      return false;
    }
    for (String value : values) {
      String wrong = wrongValue(value);
      if (wrong != null) {
        problems.add(field + ".values", wrong);
        return false;
      }
    }
    return true;
  }

  private static boolean hasNoValues(Set<String> values, String field, ProblemList problems) {
    if (!values.isEmpty()) {
      problems.add(field + ".values", "values given to an operator that takes none");
      return false;
    }
    return true;
  }

  private static @Nullable String wrongKey(String key) {
    int slash = key.indexOf('/');
    boolean valid =
        NAME.matcher(key.substring(slash + 1)).matches()
            && (slash < 0 || PREFIX.matcher(key.substring(0, slash)).matches());
    return valid ? null : "not a label key: \"" + key + "\"";
  }

  private static @Nullable String wrongValue(String value) {
    boolean valid = value.isEmpty() || NAME.matcher(value).matches();
    return valid ? null : "not a label value: \"" + value + "\"";
  }
}
