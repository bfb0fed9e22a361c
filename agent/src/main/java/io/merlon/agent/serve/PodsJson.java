package io.merlon.agent.serve;

import static io.merlon.agent.serve.JsonText.lower;
import static io.merlon.agent.serve.JsonText.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.HookUse;
import io.merlon.agent.loop.PodRevision;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.program.HostInterface;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The node's pods as JSON: what was told of each, and what of it is enforced. */
final class PodsJson {
  private PodsJson() {}

  static String of(AgentView view) {
    Map<PodRef, List<String>> interfaces = view.attached();
    return JsonText.object(json -> {
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
    revision(json, PodRevision.of(view, pod, !interfaces.isEmpty()));
    JsonText.problems(
        json,
        view,
        new ClusterEvent.Key(ClusterEvent.Kind.POD, pod.pod().namespace(), pod.pod().name()));
    json.writeEndObject();
  }

  private static void revision(JsonGenerator json, PodRevision revision) throws IOException {
    json.writeStringField("seen", revision.seen());
    json.writeStringField("enforced", revision.enforced());
    json.writeArrayFieldStart("policies");
    for (PodRevision.PolicyUse use : revision.policies()) {
      json.writeStartObject();
      json.writeStringField("kind", use.policy().kind().apiName());
      json.writeStringField("namespace", use.policy().namespace());
      json.writeStringField("name", use.policy().name());
      json.writeStringField("seen", use.seen());
      json.writeStringField("enforced", use.enforced());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Whether the kernel judges the pod as its policies, as they were told last, ask. */
  private static boolean isUpToDate(AgentView view, LocalPod pod, @Nullable Endpoint enforced) {
    return enforced != null
        && enforced.mode() == pod.mode()
        && enforced.subject() == pod.subject()
        && view.seen().table(pod.subject()).equals(view.enforced().tableOf(pod.subject()));
  }
}
