package io.merlon.agent.verify;

import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Service;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.oracle.Direction;
import io.merlon.agent.oracle.Ip;
import io.merlon.agent.oracle.Protocol;
import io.merlon.agent.oracle.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One pod's verdicts, as the kernel gives them and as its policies do. */
final class PodComparison {
  private static final int LAST = 65_535;
  private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");

  private final Expectation expected;
  private final KernelReading kernel;
  private final Findings findings;
  private final Pod pod;
  private final PodRef ref;
  private final int subject;
  private final List<Ip> own = new ArrayList<>();

  PodComparison(
      Expectation expected, KernelReading kernel, Findings findings, Pod pod, int subject) {
    this.expected = expected;
    this.kernel = kernel;
    this.findings = findings;
    this.pod = pod;
    this.ref = new PodRef(pod.namespace(), pod.name());
    this.subject = subject;
    for (String text : pod.ips()) {
      Ip ip = Ip.parse(text);
      if (ip != null) {
        own.add(ip);
      }
    }
  }

  /** Packets of one protocol in one direction, to or from one peer. */
  private record Way(Direction direction, Protocol protocol, Ip self, Ip peer, int peerClass) {
    Question question(int port) {
      return direction == Direction.EGRESS
          ? new Question(self, peer, protocol, port)
          : new Question(peer, self, protocol, port);
    }
  }

  void compare(List<Ip> peers) {
    for (Ip peer : peers) {
      Ip self = own(peer.family());
      if (self != null && !own.contains(peer)) {
        for (Direction direction : Direction.values()) {
          for (Protocol protocol : Protocol.values()) {
            compare(new Way(direction, protocol, self, peer, kernel.classOf(peer)));
          }
        }
      }
    }
    expected.cluster().services().forEach(this::compare);
  }

  private @Nullable Ip own(Ip.Family family) {
    return own.stream().filter(ip -> ip.family() == family).findFirst().orElse(null);
  }

  /** Neither side changes its mind within one of these runs of ports. */
  private NavigableSet<Integer> runs(Way way) {
    if (way.protocol() == Protocol.OTHER) {
      return new TreeSet<>(List.of(0));
    }
    NavigableSet<Integer> runs = new TreeSet<>(expected.edges(pod).ports());
    kernel.starts(subject, way.peerClass(), way.direction(), way.protocol(), runs);
    Pod destination =
        way.direction() == Direction.INGRESS ? pod : expected.oracle().owner(way.peer());
    if (destination != null) {
      for (Pod.ContainerPort port : destination.ports()) {
        runs.add(port.port());
        if (port.port() < LAST) {
          runs.add(port.port() + 1);
        }
      }
    }
    return runs;
  }

  private void compare(Way way) {
    NavigableSet<Integer> runs = runs(way);
    findings.asked(runs.size());
    int from = -1;
    for (int port : runs) {
      boolean isService =
          way.direction() == Direction.EGRESS
              && kernel.service(way.peer(), way.protocol(), port) != null;
      boolean differs = !isService && wanted(way, port) != held(way, port);
      if (from >= 0 && (!differs || wanted(way, from) != wanted(way, port))) {
        tell(way, from, port - 1);
        from = -1;
      }
      from = differs && from < 0 ? port : from;
    }
    if (from >= 0) {
      tell(way, from, LAST);
    }
  }

  private boolean wanted(Way way, int port) {
    return expected.allows(pod, way.direction(), way.question(port));
  }

  private boolean held(Way way, int port) {
    return kernel.allows(subject, way.peerClass(), way.direction(), way.protocol(), port);
  }

  private void tell(Way way, int first, int last) {
    boolean wanted = wanted(way, first);
    Pod owner = expected.oracle().owner(way.peer());
    findings.add(
        wanted ? Discrepancy.Kind.CLOSED : Discrepancy.Kind.OPEN,
        ref,
        "%s %s %s%s%s: policies %s it, the kernel does not (%s)"
            .formatted(
                way.direction() == Direction.EGRESS ? "egress to" : "ingress from",
                way.peer(),
                owner == null ? "" : "(" + owner.namespace() + "/" + owner.name() + ") ",
                way.protocol(),
                way.protocol() == Protocol.OTHER ? "" : " " + first + "-" + last,
                wanted ? "allow" : "deny",
                kernel.decider(subject, way.peerClass(), way.direction(), way.protocol(), first)));
  }

  /** What is decided where the backend is known is compared there. */
  private void compare(Service service) {
    for (String text : service.addresses()) {
      Ip virtual = Ip.parse(text);
      Ip self = virtual == null ? null : own(virtual.family());
      if (virtual != null && self != null && expected.part().has(virtual)) {
        for (Service.Port port : service.ports()) {
          if (PROTOCOLS.contains(port.protocol())) {
            compare(self, virtual, port);
          }
        }
      }
    }
  }

  private void compare(Ip self, Ip virtual, Service.Port port) {
    Protocol protocol = Protocol.valueOf(port.protocol());
    Question question = new Question(self, virtual, protocol, port.port());
    ServiceTarget target = kernel.service(virtual, protocol, port.port());
    boolean held =
        switch (target) {
          case ServiceTarget.Mixed() -> true;
          case ServiceTarget.Uniform(int peerClass, int at) ->
              kernel.allows(subject, peerClass, Direction.EGRESS, protocol, at);
          case null ->
              kernel.allows(
                  subject, kernel.classOf(virtual), Direction.EGRESS, protocol, port.port());
        };
    if (target instanceof ServiceTarget.Mixed) {
      return;
    }
    findings.asked(1);
    Set<Boolean> wanted = expected.service(pod, question);
    if (!wanted.isEmpty() && !wanted.equals(Set.of(held))) {
      findings.add(
          held ? Discrepancy.Kind.OPEN : Discrepancy.Kind.CLOSED,
          ref,
          "egress to the service at "
              + virtual
              + " "
              + protocol
              + " "
              + port.port()
              + ": its backends differ, or are judged otherwise than the kernel does");
    }
  }
}
