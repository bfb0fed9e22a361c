package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.compile.Row;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who of this node's workloads may open connections to whom, as policies say it now. */
final class ReachJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST = 60;
  private static final int LAST = 65_535;

  private final CompiledPolicy policy;

  private ReachJson(CompiledPolicy policy) {
    this.policy = policy;
  }

  static String of(CompiledPolicy policy) {
    return new ReachJson(policy).json();
  }

  private String json() {
    Map<String, LocalPod> workloads = workloads();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("workloads");
      for (String name : workloads.keySet()) {
        json.writeString(name);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("ports");
      for (LocalPod from : workloads.values()) {
        json.writeStartArray();
        for (LocalPod to : workloads.values()) {
          json.writeString(ports(from, to));
        }
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** One pod for each, of those that have addresses. */
  private Map<String, LocalPod> workloads() {
    Map<String, LocalPod> workloads = new TreeMap<>();
    for (LocalPod pod : new TreeMap<>(policy.pods()).values()) {
      if (!pod.addresses().isEmpty() && workloads.size() < MOST) {
        workloads.putIfAbsent(pod.workload().toString(), pod);
      }
    }
    return workloads;
  }

  private String ports(LocalPod from, LocalPod to) {
    Address source = from.addresses().getFirst();
    for (Address destination : to.addresses()) {
      if (destination.isV6() == source.isV6()) {
        return ports(
            PolicyLookup.row(policy, Side.of(from.pod(), source), destination, Direction.EGRESS),
            PolicyLookup.row(policy, Side.of(to.pod(), destination), source, Direction.INGRESS));
      }
    }
    return "";
  }

  private static String ports(Row egress, Row ingress) {
    if (egress.allowsEverything() && ingress.allowsEverything()) {
      return "all";
    }
    List<String> open = new ArrayList<>();
    for (Protocol protocol : Protocol.values()) {
      String of = ports(egress, ingress, protocol);
      if (!of.isEmpty()) {
        open.add((protocol.name().toLowerCase(Locale.ROOT) + " " + of).strip());
      }
    }
    return String.join("; ", open);
  }

  private static String ports(Row egress, Row ingress, Protocol protocol) {
    TreeSet<Integer> starts = new TreeSet<>();
    egress.intervals(protocol).forEach(interval -> starts.add(interval.start()));
    ingress.intervals(protocol).forEach(interval -> starts.add(interval.start()));
    List<String> runs = new ArrayList<>();
    int from = -1;
    for (int start : starts) {
      boolean open =
          egress.decide(protocol, start).allows() && ingress.decide(protocol, start).allows();
      if (open && from < 0) {
        from = start;
      } else if (!open && from >= 0) {
        runs.add(run(from, start - 1));
        from = -1;
      }
    }
    if (from >= 0) {
      runs.add(run(from, LAST));
    }
    return String.join(", ", runs);
  }

  private static String run(int first, int last) {
    return first == 0 && last == LAST
        ? "all"
        : first == last ? Integer.toString(first) : first + "-" + last;
  }
}
