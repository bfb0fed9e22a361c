package io.merlon.agent.glass;

import io.merlon.agent.identity.PodRef;

/** Whose denials are not carried out. */
public sealed interface Scope {
  boolean covers(PodRef pod);

  /** Every pod of the node. */
  record Node() implements Scope {
    @Override
    public boolean covers(PodRef pod) {
      return true;
    }

    @Override
    public String toString() {
      return "node";
    }
  }

  /** The node's pods of a namespace. */
  record Namespace(String name) implements Scope {
    @Override
    public boolean covers(PodRef pod) {
      return pod.namespace().equals(name);
    }

    @Override
    public String toString() {
      return "namespace " + name;
    }
  }

  /** One pod. */
  record Pod(PodRef pod) implements Scope {
    @Override
    public boolean covers(PodRef other) {
      return other.equals(pod);
    }

    @Override
    public String toString() {
      return "pod " + pod;
    }
  }

  /**
   * Reads what {@code toString} wrote.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Scope parse(String text) {
    if (text.equals("node")) {
      return new Node();
    }
    String[] words = text.split(" ", 2);
    if (words.length == 2 && words[0].equals("namespace") && !words[1].isBlank()) {
      return new Namespace(words[1]);
    }
    if (words.length == 2 && words[0].equals("pod")) {
      return new Pod(pod(words[1]));
    }
    throw new IllegalArgumentException("\"" + text + "\" is no scope");
  }

  /** Reads NAMESPACE/NAME. */
  static PodRef pod(String text) {
    String[] names = text.split("/", -1);
    if (names.length != 2 || names[0].isBlank() || names[1].isBlank()) {
      throw new IllegalArgumentException("\"" + text + "\" is no NAMESPACE/NAME");
    }
    return new PodRef(names[0], names[1]);
  }
}
