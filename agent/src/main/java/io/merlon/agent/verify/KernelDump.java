package io.merlon.agent.verify;

import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** What the kernel holds, for people. */
public final class KernelDump {
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
    Dumped.members(content)
        .forEach((number, of) ->
            out.printf("  %s: %s%n", Dumped.className(number), String.join(" ", of)));
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
            : " subject %d %s%s %s"
                .formatted(
                    endpoint.subject(),
                    Dumped.lower(endpoint.mode()),
                    endpoint.end() == 0 ? "" : " till second " + endpoint.end() + " since boot",
                    endpoint.addresses());
    out.printf("  %s %s%s%n", at, use, how);
  }

  private static String text(ServiceTarget target) {
    return switch (target) {
      case ServiceTarget.Mixed() -> "decided at the backend";
      case ServiceTarget.Uniform(int peerClass, int port) ->
          "class " + Dumped.className(peerClass) + " port " + port;
    };
  }

  private void print(int subject, VerdictTable table) {
    for (Direction direction : Direction.values()) {
      Dumped.rows(table, direction)
          .forEach((row, of) -> {
            out.printf(
                "  %d %s class %s%n", subject, Dumped.lower(direction), String.join(" ", of));
            Dumped.runs(row).forEach(this::print);
          });
    }
  }

  private void print(Dumped.Run run) {
    out.printf(
        "    %s%s %s %s%n",
        Dumped.lower(run.protocol()),
        run.protocol().hasPorts() ? " " + run.first() + "-" + run.last() : "",
        run.allows() ? "allow" : "deny",
        names.apply(run.decision()));
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
        Dumped.lower(flow.state()),
        flow.subject(),
        flow.ingress().packets(),
        flow.ingress().bytes(),
        flow.egress().packets(),
        flow.egress().bytes(),
        flow.revoked() ? " revoked" : flow.wouldDeny() ? " would be denied" : "");
  }
}
