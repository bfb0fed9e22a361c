package io.merlon.agent.verify;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** What the kernel holds, for people. */
public final class KernelDump {
  private static final int LAST = 65_535;

  private final PrintWriter out;
  private final LongFunction<String> names;

  /**
   * Prints there.
   *
   * @param names what a decision is called that the kernel knows by this number
   */
  public KernelDump(PrintWriter out, LongFunction<String> names) {
    this.out = out;
    this.names = names;
  }

  /** Everything but flows. */
  public void print(KernelContent content) {
    out.printf("epoch %d%n", content.epoch());
    out.println("\nINTERFACES");
    content.interfaces().entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> entry.getKey().ifindex()))
        .forEach(entry -> print(entry.getKey(), entry.getValue()));
    out.println("\nCLASSES");
    classes(content);
    out.println("\nSERVICES");
    new TreeMap<>(content.services())
        .forEach((key, target) ->
            out.printf(
                "  %s %s %d: %s%n", key.address(), key.protocol(), key.port(), text(target)));
    out.println("\nSUBJECTS");
    new TreeMap<>(content.tables()).forEach(this::print);
    out.flush();
  }

  private void print(HostInterface at, KernelContent.Guarded guarded) {
    PodRef pod = guarded.pod();
    Endpoint endpoint = guarded.endpoint();
    String use = guarded.uplink() ? "uplink" : pod == null ? "unknown" : pod.toString();
    String how =
        endpoint == null
            ? ""
            : " subject %d %s %s"
                .formatted(endpoint.subject(), lower(endpoint.mode()), endpoint.addresses());
    out.printf("  %s %s%s%n", at, use, how);
  }

  private void classes(KernelContent content) {
    Map<Integer, TreeSet<String>> members = new TreeMap<>();
    content
        .addresses()
        .prefixes()
        .forEach((cidr, number) ->
            members.computeIfAbsent(number, _ -> new TreeSet<>()).add(cidr.toString()));
    content
        .addresses()
        .exact()
        .forEach((address, number) ->
            members.computeIfAbsent(number, _ -> new TreeSet<>()).add(address.toString()));
    members.forEach(
        (number, of) -> out.printf("  %s: %s%n", className(number), String.join(" ", of)));
  }

  private static String className(int number) {
    return switch (number) {
      case PeerClass.ANY -> "any";
      case PeerClass.OWN_NODE -> "node";
      default -> Integer.toString(number);
    };
  }

  private static String text(ServiceTarget target) {
    return switch (target) {
      case ServiceTarget.Mixed() -> "decided at the backend";
      case ServiceTarget.Uniform(int peerClass, int port) ->
          "class " + className(peerClass) + " port " + port;
    };
  }

  private void print(int subject, VerdictTable table) {
    for (Direction direction : Direction.values()) {
      Map<Row, List<String>> classes =
          new TreeMap<Integer, Row>(rows(table, direction))
              .entrySet().stream()
                  .collect(
                      Collectors.groupingBy(
                          Map.Entry::getValue,
                          LinkedHashMap::new,
                          Collectors.mapping(
                              entry -> className(entry.getKey()), Collectors.toList())));
      classes.forEach((row, of) -> {
        out.printf("  %d %s class %s%n", subject, lower(direction), String.join(" ", of));
        print(row);
      });
    }
  }

  private static Map<Integer, Row> rows(VerdictTable table, Direction direction) {
    Map<Integer, Row> rows = new TreeMap<>();
    for (int number = 0; number < table.rowCount(); number++) {
      if (number != PeerClass.OWN_NODE) {
        rows.put(number, table.row(number, direction));
      }
    }
    return rows;
  }

  private void print(Row row) {
    for (Protocol protocol : Protocol.values()) {
      List<Row.Interval> intervals = row.intervals(protocol);
      for (int i = 0; i < intervals.size(); i++) {
        int end = i + 1 < intervals.size() ? intervals.get(i + 1).start() - 1 : LAST;
        Decision decision = intervals.get(i).decision();
        out.printf(
            "    %s%s %s %s%n",
            lower(protocol),
            protocol.hasPorts() ? " " + intervals.get(i).start() + "-" + end : "",
            decision.allows() ? "allow" : "deny",
            names.apply(decision.cookie()));
      }
    }
  }

  /** One flow. */
  public void print(FlowKey key, Flow flow) {
    out.printf(
        "  %d %s:%d %s %s:%d protocol %d %s subject %d in %d/%d out %d/%d%s%n",
        key.ifindex(),
        key.pod(),
        key.podPort(),
        flow.openedByPod() ? "->" : "<-",
        key.peer(),
        key.peerPort(),
        key.protocol(),
        lower(flow.state()),
        flow.subject(),
        flow.ingress().packets(),
        flow.ingress().bytes(),
        flow.egress().packets(),
        flow.egress().bytes(),
        flow.revoked() ? " revoked" : flow.wouldDeny() ? " would be denied" : "");
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
