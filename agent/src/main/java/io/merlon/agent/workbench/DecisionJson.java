package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import java.io.IOException;
import java.util.Optional;

/** A decision as every command's JSON has it. */
final class DecisionJson {
  private DecisionJson() {}

  static String verdict(boolean allowed) {
    return allowed ? "allow" : "deny";
  }

  /** Into an object that has begun. */
  static void fields(JsonGenerator json, Decision decision) throws IOException {
    json.writeStringField("verdict", verdict(decision.allows()));
    Optional<RuleRef> by = decision.by().deciding();
    if (by.isPresent()) {
      json.writeObjectFieldStart("by");
      rule(json, by.get());
      json.writeEndObject();
    } else {
      json.writeNullField("by");
    }
    json.writeStringField("reason", Reason.word(decision.by()));
    if (decision.by() instanceof DecidedBy.DefaultDeny(_, var isolating)) {
      json.writeArrayFieldStart("isolatedBy");
      for (PolicyRef policy : isolating) {
        json.writeStartObject();
        policy(json, policy);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  /** Into an object that has begun. */
  static void rule(JsonGenerator json, RuleRef rule) throws IOException {
    policy(json, rule.policy());
    json.writeStringField("rule", rule.place());
    if (rule.name() != null) {
      json.writeStringField("ruleName", rule.name());
    }
  }

  private static void policy(JsonGenerator json, PolicyRef policy) throws IOException {
    json.writeStringField("kind", policy.kind().apiName());
    json.writeStringField("namespace", policy.namespace());
    json.writeStringField("name", policy.name());
  }
}
