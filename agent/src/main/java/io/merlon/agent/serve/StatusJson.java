package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.HookUse;
import io.merlon.agent.loop.PolicyRevisions;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.program.Adoption;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.watch.KindStatus;
import io.merlon.agent.watch.Staleness;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The agent's state as JSON. Fields are only ever added. */
final class StatusJson {
  private static final JsonFactory JSON = new JsonFactory();

  private StatusJson() {}

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private static String object(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static String status(String node, AgentView view, Optional<Staleness> staleness) {
    return object(json -> {
      json.writeStringField("node", node);
      json.writeBooleanField("enforcing", view.progress().enforcing());
      json.writeStringField("cluster", lower(view.progress().cluster()));
      json.writeBooleanField("interfaces", view.progress().interfaces());
      json.writeStringField("start", text(view.progress().adoption()));
      json.writeNumberField("epoch", view.enforced().epoch());
      json.writeNumberField("pods", view.seen().pods().size());
      json.writeNumberField("policies", view.policies().policies().size());
      counts(json, view.counts());
      kernel(json, view);
      if (staleness.isPresent()) {
        staleness(json, staleness.get());
      }
      strings(json, "problems", view.problems());
    });
  }

  private static void counts(JsonGenerator json, AgentView.Counts counts) throws IOException {
    json.writeObjectFieldStart("counts");
    json.writeNumberField("batches", counts.batches());
    json.writeNumberField("events", counts.events());
    json.writeNumberField("plans", counts.plans());
    json.writeNumberField("steps", counts.steps());
    for (var repair : new TreeMap<>(counts.repairs()).entrySet()) {
      json.writeNumberField("repairs_" + lower(repair.getKey()), repair.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("latency");
    json.writeNumberField("count", counts.latencies().count());
    json.writeNumberField("p50_us", counts.latencies().p50().toNanos() / 1000);
    json.writeNumberField("p99_us", counts.latencies().p99().toNanos() / 1000);
    json.writeNumberField("max_us", counts.latencies().most().toNanos() / 1000);
    json.writeEndObject();
  }

  private static void kernel(JsonGenerator json, AgentView view) throws IOException {
    json.writeObjectFieldStart("kernel");
    json.writeNumberField("endpoints", view.enforced().endpoints().size());
    json.writeNumberField("subjects", view.enforced().subjects().size());
    json.writeNumberField("tables", view.enforced().tables().size());
    json.writeNumberField("addresses", view.enforced().addresses().exact().size());
    json.writeNumberField("prefixes", view.enforced().addresses().prefixes().size());
    json.writeNumberField("services", view.enforced().services().size());
    json.writeEndObject();
  }

  private static void staleness(JsonGenerator json, Staleness staleness) throws IOException {
    json.writeObjectFieldStart("staleness");
    json.writeNumberField("worst_ms", staleness.worst().toMillis());
    json.writeArrayFieldStart("kinds");
    for (KindStatus kind : staleness.kinds()) {
      json.writeStartObject();
      json.writeStringField("kind", lower(kind.kind()));
      json.writeStringField("condition", lower(kind.condition()));
      json.writeNumberField("since_contact_ms", kind.sinceContact().toMillis());
      json.writeNumberField("objects", kind.objects());
      json.writeNumberField("failures", kind.failures());
      json.writeStringField("last_failure", kind.lastFailure());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  static String pods(AgentView view) {
    Map<PodRef, List<String>> interfaces = view.attached();
    return object(json -> {
      json.writeArrayFieldStart("pods");
      for (LocalPod pod : new TreeMap<>(view.seen().pods()).values()) {
        pod(json, view, pod, interfaces.getOrDefault(pod.pod(), List.of()));
      }
      json.writeEndArray();
      strings(
          json,
          "unknown_interfaces",
          view.hooks().entrySet().stream()
              .filter(hook -> hook.getValue() instanceof HookUse.OfUnknown)
              .map(Map.Entry::getKey)
              .map(HostInterface::name)
              .sorted()
              .toList());
    });
  }

  private static void pod(JsonGenerator json, AgentView view, LocalPod pod, List<String> interfaces)
      throws IOException {
    Endpoint enforced = view.enforced().endpoints().get(pod.pod());
    json.writeStartObject();
    json.writeStringField("namespace", pod.pod().namespace());
    json.writeStringField("name", pod.pod().name());
    json.writeStringField("uid", pod.uid());
    json.writeStringField("mode", lower(pod.mode()));
    json.writeStringField("mode_enforced", enforced == null ? null : lower(enforced.mode()));
    json.writeBooleanField("attached", !interfaces.isEmpty());
    json.writeBooleanField("up_to_date", isUpToDate(view, pod, enforced));
    json.writeNumberField("subject", pod.subject());
    strings(json, "interfaces", interfaces);
    strings(
        json,
        "addresses",
        (enforced == null ? pod.addresses() : enforced.addresses())
            .stream().map(Object::toString).toList());
    json.writeStringField("spiffe_id", pod.identity().spiffeId());
    problems(
        json,
        view,
        new ClusterEvent.Key(ClusterEvent.Kind.POD, pod.pod().namespace(), pod.pod().name()));
    json.writeEndObject();
  }

  /** Whether the kernel judges the pod as its policies, as they were told last, ask. */
  private static boolean isUpToDate(AgentView view, LocalPod pod, @Nullable Endpoint enforced) {
    return enforced != null
        && enforced.mode() == pod.mode()
        && enforced.subject() == pod.subject()
        && view.seen().table(pod.subject()).equals(view.enforced().tableOf(pod.subject()));
  }

  static String policies(AgentView view) {
    return object(json -> {
      json.writeArrayFieldStart("policies");
      var sorted = new ArrayList<>(view.policies().policies().entrySet());
      sorted.sort(
          Comparator.comparing(
                  (Map.Entry<ClusterEvent.Key, PolicyRevisions.Revision> e) -> e.getKey().kind())
              .thenComparing(e -> e.getKey().namespace())
              .thenComparing(e -> e.getKey().name()));
      for (var entry : sorted) {
        json.writeStartObject();
        json.writeStringField(
            "kind",
            entry.getKey().kind() == ClusterEvent.Kind.NETWORK_POLICY
                ? "NetworkPolicy"
                : "ClusterNetworkPolicy");
        json.writeStringField("namespace", entry.getKey().namespace());
        json.writeStringField("name", entry.getKey().name());
        json.writeStringField("seen", entry.getValue().seen());
        json.writeStringField("enforced", entry.getValue().enforced());
        problems(json, view, entry.getKey());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private static void problems(JsonGenerator json, AgentView view, ClusterEvent.Key object)
      throws IOException {
    json.writeArrayFieldStart("problems");
    for (CompileProblem problem : view.seen().problems()) {
      if (problem.object().equals(object)) {
        json.writeStartObject();
        json.writeStringField("field", problem.field());
        json.writeStringField("reason", problem.reason());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void strings(JsonGenerator json, String field, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static String text(Adoption adoption) {
    return switch (adoption) {
      case Adoption.Fresh() -> "fresh";
      case Adoption.Adopted(int interfaces, int replaced) ->
          "adopted " + interfaces + " interfaces, replaced " + replaced + " programs";
      case Adoption.Beside(String reason) -> "beside an older state: " + reason;
    };
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
