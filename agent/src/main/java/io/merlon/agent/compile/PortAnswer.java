package io.merlon.agent.compile;

import io.merlon.agent.policy.PortMatch.NamedPort;
import io.merlon.agent.policy.Protocol;
import java.util.Comparator;

/** A port a pod declares: what it answers when asked for a port by name (semantics NP-13). */
record PortAnswer(String name, Protocol protocol, int port) implements Comparable<PortAnswer> {
  private static final Comparator<PortAnswer> ORDER =
      Comparator.comparing(PortAnswer::name)
          .thenComparing(PortAnswer::protocol)
          .thenComparingInt(PortAnswer::port);

  boolean answers(NamedPort question) {
    return question.name().equals(name)
        && (question.protocol() == null || question.protocol() == protocol);
  }

  @Override
  public int compareTo(PortAnswer other) {
    return ORDER.compare(this, other);
  }

  @Override
  public int hashCode() {
    return (name.hashCode() * 31 + protocol.index()) * 31 + port;
  }
}
