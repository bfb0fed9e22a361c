package io.merlon.agent.policy;

import io.merlon.agent.identity.LabelSet;
import java.util.List;
import java.util.Set;

/** A label selector that can be evaluated: all requirements must hold (semantics NP-10). */
public record Selector(List<Requirement> requirements) {
  public static final Selector EVERYTHING = new Selector(List.of());

  public Selector {
    requirements = List.copyOf(requirements);
  }

  public boolean matches(LabelSet labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.holds(labels)) {
        return false;
      }
    }
    return true;
  }

  /** One condition on one key. */
  public sealed interface Requirement {
    String key();

    boolean holds(LabelSet labels);
  }

  /** The key is there, with one of the values. */
  public record In(String key, Set<String> values) implements Requirement {
    public In {
      values = Set.copyOf(values);
    }

    @Override
    public boolean holds(LabelSet labels) {
      String value = labels.get(key);
      return value != null && values.contains(value);
    }
  }

  /** The key is absent, or has none of the values. */
  public record NotIn(String key, Set<String> values) implements Requirement {
    public NotIn {
      values = Set.copyOf(values);
    }

    @Override
    public boolean holds(LabelSet labels) {
      String value = labels.get(key);
      return value == null || !values.contains(value);
    }
  }

  /** The key is there. */
  public record Exists(String key) implements Requirement {
    @Override
    public boolean holds(LabelSet labels) {
      return labels.containsKey(key);
    }
  }

  /** The key is absent. */
  public record Absent(String key) implements Requirement {
    @Override
    public boolean holds(LabelSet labels) {
      return !labels.containsKey(key);
    }
  }
}
