package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.PolicyRevisions.Revision;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The cluster's policies as JSON: which revision of each was told, and which one is enforced. */
final class PoliciesJson {
  private static final Comparator<ClusterEvent.Key> ORDER =
      Comparator.comparing(ClusterEvent.Key::kind)
          .thenComparing(ClusterEvent.Key::namespace)
          .thenComparing(ClusterEvent.Key::name);

  private PoliciesJson() {}

  static String of(AgentView view) {
    List<Map.Entry<ClusterEvent.Key, Revision>> sorted =
        view.policies().policies().entrySet().stream()
            .sorted(Map.Entry.comparingByKey(ORDER))
            .toList();
    return JsonText.object(json -> {
      json.writeArrayFieldStart("policies");
      for (Map.Entry<ClusterEvent.Key, Revision> policy : sorted) {
        policy(json, view, policy.getKey(), policy.getValue());
      }
      json.writeEndArray();
    });
  }

  private static void policy(
      JsonGenerator json, AgentView view, ClusterEvent.Key policy, Revision revision)
      throws IOException {
    boolean isNamespaced = policy.kind() == ClusterEvent.Kind.NETWORK_POLICY;
    json.writeStartObject();
    json.writeStringField("kind", isNamespaced ? "NetworkPolicy" : "ClusterNetworkPolicy");
    json.writeStringField("namespace", policy.namespace());
    json.writeStringField("name", policy.name());
    json.writeStringField("seen", revision.seen());
    json.writeStringField("enforced", revision.enforced());
    JsonText.problems(json, view, policy);
    json.writeEndObject();
  }
}
