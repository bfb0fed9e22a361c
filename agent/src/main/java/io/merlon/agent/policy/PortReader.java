package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.policy.PortMatch.NamedPort;
import io.merlon.agent.policy.PortMatch.PortRange;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ports of rules; null stands for an invalid one, which is then among the problems. */
final class PortReader {
  private static final Pattern PORT_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");

  private PortReader() {}

  static @Nullable PortMatch read(NetworkPolicy.Port written, String field, ProblemList problems) {
    Protocol protocol = protocol(written.protocol(), field, problems);
    if (protocol == null) {
      return null;
    }
    Integer end = written.endPort();
    return switch (written.port()) {
      case null -> {
        if (end != null) {
          problems.add(field + ".endPort", "endPort without port");
          yield null;
        }
        yield PortRange.all(protocol);
      }
      case IntOrString.Int number -> {
        int last = end == null ? number.value() : end;
        yield range(
            protocol, number.value(), last, field + (end == null ? ".port" : ".endPort"), problems);
      }
      case IntOrString.Str name -> {
        if (end != null) {
          problems.add(
              field + ".endPort", "endPort needs a numeric port, not \"" + name.value() + "\"");
          yield null;
        }
        yield named(protocol, name.value(), field + ".port", problems);
      }
    };
  }

  private static @Nullable Protocol protocol(
      @Nullable String written, String field, ProblemList problems) {
    Protocol protocol = written == null ? Protocol.TCP : Protocol.named(written);
    if (protocol == null) {
      problems.add(field + ".protocol", "unknown protocol \"" + written + "\"");
    }
    return protocol;
  }

  private static @Nullable PortMatch range(
      Protocol protocol, int first, int last, String field, ProblemList problems) {
    if (first < 1 || first > last || last > PortRange.LAST) {
      problems.add(
          field,
          first == last ? "no such port: " + first : "no such ports: " + first + " to " + last);
      return null;
    }
    return new PortRange(protocol, first, last);
  }

  private static @Nullable PortMatch named(
      @Nullable Protocol protocol, String name, String field, ProblemList problems) {
    boolean valid =
        PORT_NAME.matcher(name).matches()
            && !name.contains("--")
            && name.chars().anyMatch(c -> c >= 'a' && c <= 'z');
    if (!valid) {
      problems.add(field, "not a port name: \"" + name + "\"");
      return null;
    }
    return new NamedPort(protocol, name);
  }

  static @Nullable PortMatch read(
      ClusterNetworkPolicy.ProtocolMatch written, String field, ProblemList problems) {
    int set =
        (written.tcp() == null ? 0 : 1)
            + (written.udp() == null ? 0 : 1)
            + (written.sctp() == null ? 0 : 1)
            + (written.destinationNamedPort() == null ? 0 : 1)
            + written.unknown().size();
    if (set != 1 || !written.unknown().isEmpty()) {
      problems.add(
          field,
          written.unknown().isEmpty()
              ? "exactly one protocol must be given, not " + set
              : "unknown protocol match: " + String.join(", ", written.unknown()));
      return null;
    }
    if (written.destinationNamedPort() != null) {
      return named(null, written.destinationNamedPort(), field + ".destinationNamedPort", problems);
    }
    if (written.tcp() != null) {
      return numbers(Protocol.TCP, written.tcp(), field + ".tcp.destinationPort", problems);
    }
    if (written.udp() != null) {
      return numbers(Protocol.UDP, written.udp(), field + ".udp.destinationPort", problems);
    }
    ClusterNetworkPolicy.PortMatch sctp = written.sctp();
    return sctp == null
        ? null
        : numbers(Protocol.SCTP, sctp, field + ".sctp.destinationPort", problems);
  }

  private static @Nullable PortMatch numbers(
      Protocol protocol,
      ClusterNetworkPolicy.PortMatch written,
      String field,
      ProblemList problems) {
    Integer number = written.number();
    Integer start = written.start();
    Integer end = written.end();
    if (number == null && start == null && end == null) {
      return PortRange.all(protocol);
    }
    if (number != null && start == null && end == null) {
      return range(protocol, number, number, field + ".number", problems);
    }
    if (number == null && start != null && end != null) {
      return range(protocol, start, end, field + ".range", problems);
    }
    problems.add(field, "either a number or a range with start and end must be given");
    return null;
  }
}
