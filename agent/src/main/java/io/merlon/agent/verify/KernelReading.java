package io.merlon.agent.verify;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.oracle.Direction;
import io.merlon.agent.oracle.Ip;
import io.merlon.agent.oracle.Protocol;
import io.merlon.agent.program.KernelContent;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** What the programs make of the maps they have: the look-ups of policy.h, one by one. */
final class KernelReading {
  private final KernelContent kernel;
  private final Map<Ip, Integer> classes = new HashMap<>();

  KernelReading(KernelContent kernel) {
    this.kernel = kernel;
  }

  KernelContent content() {
    return kernel;
  }

  int classOf(Ip ip) {
    return classes.computeIfAbsent(ip, it -> kernel.addresses().classOf(address(it)));
  }

  static Address address(Ip ip) {
    return Address.of(ip.toString());
  }

  /** Null if a subject has no table: then everything is denied, but what a node may. */
  private @Nullable Row row(int subject, int peerClass, Direction direction) {
    VerdictTable table = kernel.tables().get(subject);
    return table == null ? null : table.row(peerClass, direction(direction));
  }

  boolean allows(int subject, int peerClass, Direction direction, Protocol protocol, int port) {
    Row row = row(subject, peerClass, direction);
    return peerClass == PeerClass.OWN_NODE
        || (row != null && row.decide(protocol(protocol), port).allows());
  }

  /** Who says it, by the number under which the kernel knows the decision. */
  String decider(int subject, int peerClass, Direction direction, Protocol protocol, int port) {
    Row row = row(subject, peerClass, direction);
    if (row == null) {
      return "no table";
    }
    Decision decision = row.decide(protocol(protocol), port);
    return "decision " + Long.toHexString(decision.cookie());
  }

  /** Where the verdict changes: the first ports of the runs. */
  void starts(
      int subject,
      int peerClass,
      Direction direction,
      Protocol protocol,
      NavigableSet<Integer> starts) {
    Row row = row(subject, peerClass, direction);
    if (row != null && peerClass != PeerClass.OWN_NODE) {
      row.intervals(protocol(protocol)).forEach(interval -> starts.add(interval.start()));
    }
  }

  @Nullable ServiceTarget service(Ip ip, Protocol protocol, int port) {
    return protocol == Protocol.OTHER
        ? null
        : kernel.services().get(new ServiceKey(address(ip), protocol(protocol), port));
  }

  private static io.merlon.agent.policy.Direction direction(Direction direction) {
    return switch (direction) {
      case INGRESS -> io.merlon.agent.policy.Direction.INGRESS;
      case EGRESS -> io.merlon.agent.policy.Direction.EGRESS;
    };
  }

  private static io.merlon.agent.policy.Protocol protocol(Protocol protocol) {
    return switch (protocol) {
      case TCP -> io.merlon.agent.policy.Protocol.TCP;
      case UDP -> io.merlon.agent.policy.Protocol.UDP;
      case SCTP -> io.merlon.agent.policy.Protocol.SCTP;
      case OTHER -> io.merlon.agent.policy.Protocol.OTHER;
    };
  }
}
