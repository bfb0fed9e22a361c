package io.merlon.agent.oracle;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Labels and the selectors that look for them, from a vocabulary small enough to collide. */
final class SelectorGenerator {
  static final String OURS = "identity.merlon.io/";
  static final List<String> ROLES = List.of("payments", "billing");
  static final List<String> ACCOUNTS = List.of("111111111111", "222222222222");

  private static final List<String> POD_KEYS = List.of("app", "tier", "env");
  private static final List<String> NAMESPACE_KEYS = List.of("team", "env");
  private static final String NAME = "kubernetes.io/metadata.name";

  private final Dice dice;

  SelectorGenerator(Dice dice) {
    this.dice = dice;
  }

  Map<String, String> podLabels() {
    Map<String, String> labels = labels(POD_KEYS);
    if (dice.chance(12)) {
      String key = OURS + dice.pick("service-account", "iam-role", "aws-account");
      labels.put(key, value(key)); // a claim nobody may believe
    }
    return labels;
  }

  Map<String, String> namespaceLabels(String name) {
    Map<String, String> labels = labels(NAMESPACE_KEYS);
    labels.put(NAME, name);
    if (dice.chance(8)) {
      labels.put(OURS + "aws-account", dice.pick(ACCOUNTS));
    }
    return labels;
  }

  Map<String, String> nodeLabels() {
    return labels(List.of("zone"));
  }

  private Map<String, String> labels(List<String> keys) {
    Map<String, String> labels = new TreeMap<>();
    for (String key : keys) {
      if (dice.chance(65)) {
        labels.put(key, value(key));
      }
    }
    return labels;
  }

  private String value(String key) {
    return switch (key) {
      case "app" -> dice.pick("a", "b", "c");
      case "tier" -> dice.pick("front", "back", "");
      case "zone" -> dice.pick("z1", "z2");
      case NAME -> dice.pick(WorldGenerator.NAMESPACES);
      case OURS + "service-account" -> dice.pick("default", "payments");
      case OURS + "iam-role" -> dice.pick(ROLES);
      case OURS + "aws-account" -> dice.pick(ACCOUNTS);
      default -> dice.pick("x", "y");
    };
  }

  LabelSelector pods() {
    String key =
        dice.chance(12)
            ? OURS + dice.pick("service-account", "iam-role", "aws-account")
            : dice.pick(POD_KEYS);
    return selector(key, dice.pick(POD_KEYS));
  }

  LabelSelector namespaces() {
    String key =
        dice.chance(30) ? NAME : dice.chance(8) ? OURS + "aws-account" : dice.pick(NAMESPACE_KEYS);
    return selector(key, dice.pick(NAMESPACE_KEYS));
  }

  LabelSelector nodes() {
    return selector("zone", "zone");
  }

  /** At times one nobody can read (NP-27). */
  LabelSelector maybeUnreadable(LabelSelector selector) {
    if (!dice.chance(3)) {
      return selector;
    }
    Requirement broken =
        dice.pick(
            new Requirement("app", "in", List.of("a")),
            new Requirement("app", "In", List.of()),
            new Requirement("app", "NotIn", List.of()),
            new Requirement("app", "Exists", List.of("a")),
            new Requirement("app", "DoesNotExist", List.of("a")),
            new Requirement("app", "", List.of("a")),
            new Requirement("", "Exists", List.of()),
            new Requirement("not a key", "DoesNotExist", List.of()),
            new Requirement("app", "NotIn", List.of("not a value")),
            new Requirement("app", "NotIn", List.of("a".repeat(64))),
            new Requirement("a".repeat(64), "DoesNotExist", List.of()));
    return dice.chance(80)
        ? new LabelSelector(selector.matchLabels(), List.of(broken))
        : new LabelSelector(
            dice.chance(50) ? Map.of("app", "not a value") : Map.of("not a key", "a"),
            selector.matchExpressions());
  }

  private LabelSelector selector(String key, String other) {
    return switch (dice.below(10)) {
      case 0, 1 -> LabelSelector.EVERYTHING;
      case 2, 3, 4 -> new LabelSelector(Map.of(key, value(key)), List.of());
      case 5 -> new LabelSelector(Map.of(key, value(key)), List.of(requirement(other)));
      case 6 -> new LabelSelector(Map.of(), List.of(requirement(key), requirement(other)));
      default -> new LabelSelector(Map.of(), List.of(requirement(key)));
    };
  }

  private Requirement requirement(String key) {
    String operator = dice.pick("In", "NotIn", "Exists", "DoesNotExist");
    boolean values = operator.endsWith("In");
    return new Requirement(key, operator, values ? dice.some(1, 2, () -> value(key)) : List.of());
  }
}
