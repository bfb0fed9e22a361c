package io.merlon.agent.identity;

import java.util.Comparator;

/** Names a pod. */
public record PodRef(String namespace, String name) implements Comparable<PodRef> {
  private static final Comparator<PodRef> ORDER =
      Comparator.comparing(PodRef::namespace).thenComparing(PodRef::name);

  @Override
  public int compareTo(PodRef other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
