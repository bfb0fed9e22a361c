package io.merlon.agent.policy;

import io.merlon.agent.identity.LabelSet;

/** Pods, by their namespace and their labels. Pods of the host network are in none. */
public record PodSelection(Namespaces namespaces, Selector pods) {
  public boolean matches(String namespace, LabelSet namespaceLabels, LabelSet podLabels) {
    return namespaces.matches(namespace, namespaceLabels) && pods.matches(podLabels);
  }

  /** Some of the namespaces. */
  public sealed interface Namespaces {
    boolean matches(String name, LabelSet labels);
  }

  /** The one namespace of that name. */
  public record Named(String namespace) implements Namespaces {
    @Override
    public boolean matches(String name, LabelSet labels) {
      return namespace.equals(name);
    }
  }

  /** Every namespace whose labels match. */
  public record Labelled(Selector selector) implements Namespaces {
    @Override
    public boolean matches(String name, LabelSet labels) {
      return selector.matches(labels);
    }
  }
}
