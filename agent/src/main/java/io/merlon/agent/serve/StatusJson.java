package io.merlon.agent.serve;

import static io.merlon.agent.serve.JsonText.lower;
import static io.merlon.agent.serve.JsonText.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.glass.Break;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.program.Adoption;
import io.merlon.agent.watch.KindStatus;
import io.merlon.agent.watch.Staleness;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The agent's state as JSON. As on every page, fields are only ever added. */
final class StatusJson {
  private StatusJson() {}

  static String status(
      String node, AgentView view, Optional<Staleness> staleness, List<String> aside) {
    return JsonText.object(json -> {
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
      held(json, view.held());
      if (staleness.isPresent()) {
        staleness(json, staleness.get());
      }
      glass(json, view);
      strings(
          json,
          "problems",
          Stream.of(view.problems(), unread(staleness), aside).flatMap(List::stream).toList());
    });
  }

  private static List<String> unread(Optional<Staleness> staleness) {
    return staleness.map(Staleness::unread).orElse(List.of()).stream()
        .map(name -> name + " cannot be read: what was known of it stays")
        .toList();
  }

  private static void glass(JsonGenerator json, AgentView view) throws IOException {
    json.writeArrayFieldStart("broken_glass");
    for (Break broken : view.breaks().all()) {
      json.writeStartObject();
      json.writeStringField("scope", broken.scope().toString());
      json.writeStringField("until", broken.until().toString());
      json.writeStringField("by", broken.by());
      json.writeStringField("reason", broken.reason());
      json.writeBooleanField("in_force", view.holds(broken));
      json.writeEndObject();
    }
    json.writeEndArray();
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

  private static void held(JsonGenerator json, AgentView.HeldNow held) throws IOException {
    json.writeObjectFieldStart("held");
    json.writeNumberField("interfaces", held.names());
    json.writeNumberField("dropped_from", held.from());
    json.writeNumberField("dropped_to", held.to());
    strings(json, "pods", held.pods().stream().map(Object::toString).sorted().toList());
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

  private static String text(Adoption adoption) {
    return switch (adoption) {
      case Adoption.Fresh() -> "fresh";
      case Adoption.Adopted(int interfaces, int replaced) ->
          "adopted " + interfaces + " interfaces, replaced " + replaced + " programs";
      case Adoption.Beside(String reason) -> "beside an older state: " + reason;
    };
  }
}
