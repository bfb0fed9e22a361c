package io.merlon.agent.serve;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A running agent's answers, each an object of JSON. */
public record StatusReport(String status, String pods, String policies) {
  /** All of it as one object. */
  public String json() {
    return "{\"status\":"
        + status
        + ",\"pods\":"
        + list(pods)
        + ",\"policies\":"
        + list(policies)
        + "}";
  }

  /** The answer is an object around a list; other fields of it are of no interest here. */
  private static String list(String object) {
    int end = object.indexOf("],\"unknown_interfaces\"");
    int last = end < 0 ? object.lastIndexOf(']') : end;
    return object.substring(object.indexOf('['), last + 1);
  }

  /** Whether everything told is enforced and nothing is wrong with it. */
  public boolean isWell() {
    Map<?, ?> all = object(status);
    return Boolean.TRUE.equals(all.get("enforcing")) && items(all, "problems").isEmpty();
  }

  /** All of it for people. */
  public String text() {
    Map<?, ?> all = object(status);
    StringBuilder text = new StringBuilder();
    text.append("node ").append(all.get("node")).append(": ");
    text.append(Boolean.TRUE.equals(all.get("enforcing")) ? "enforcing" : "not enforcing yet");
    text.append(", cluster ").append(all.get("cluster")).append(" known, start ");
    text.append(all.get("start")).append('\n');
    if (all.get("staleness") instanceof Map<?, ?> staleness) {
      text.append("last contact with the API server ")
          .append(staleness.get("worst_ms"))
          .append(" ms ago\n");
    }
    if (all.get("held") instanceof Map<?, ?> held) {
      held(text, held);
    }
    Collection<?> unknown = items(object(pods), "unknown_interfaces");
    if (!unknown.isEmpty()) {
      text.append("denied until the cluster tells whose they are: ").append(names(unknown));
    }
    for (Object item : items(all, "broken_glass")) {
      if (item instanceof Map<?, ?> broken) {
        text.append(
            "THE GLASS IS BROKEN%s: %s, until %s, by %s: %s%n"
                .formatted(
                    Boolean.FALSE.equals(broken.get("in_force")) ? ", NOT IN FORCE YET" : "",
                    broken.get("scope"),
                    broken.get("until"),
                    broken.get("by"),
                    broken.get("reason")));
      }
    }
    text.append("\nPODS\n");
    for (Object item : items(object(pods), "pods")) {
      if (item instanceof Map<?, ?> pod) {
        pod(text, pod);
      }
    }
    text.append("\nPOLICIES\n");
    for (Object item : items(object(policies), "policies")) {
      if (item instanceof Map<?, ?> policy) {
        policy(text, policy);
      }
    }
    Collection<?> problems = items(all, "problems");
    if (!problems.isEmpty()) {
      text.append("\nPROBLEMS\n");
      problems.forEach(problem -> text.append("  ").append(problem).append('\n'));
    }
    return text.toString().stripTrailing();
  }

  /** What waits for programs, and what was dropped meanwhile or before. */
  private static void held(StringBuilder text, Map<?, ?> held) {
    text.append(
        "held until programs are there: %s interfaces, packets dropped %s from and %s to them%n"
            .formatted(held.get("interfaces"), held.get("dropped_from"), held.get("dropped_to")));
    Collection<?> pods = items(held, "pods");
    if (!pods.isEmpty()) {
      text.append("pods that wait for that: ").append(names(pods));
    }
  }

  private static String names(Collection<?> names) {
    return String.join(", ", names.stream().map(String::valueOf).toList()) + '\n';
  }

  private static void pod(StringBuilder text, Map<?, ?> pod) {
    text.append(
        "  %s/%s %s %s%s revision %s%s%n"
            .formatted(
                pod.get("namespace"),
                pod.get("name"),
                pod.get("mode"),
                Boolean.TRUE.equals(pod.get("attached")) ? "attached" : "without an interface",
                Boolean.TRUE.equals(pod.get("up_to_date")) ? "" : " NOT UP TO DATE",
                enforcement(pod),
                items(pod, "problems").isEmpty() ? "" : " WITH PROBLEMS"));
    for (Object item : items(pod, "policies")) {
      if (item instanceof Map<?, ?> policy && !isEnforced(policy)) {
        text.append("    %s revision %s%n".formatted(name(policy), enforcement(policy)));
      }
    }
  }

  private static void policy(StringBuilder text, Map<?, ?> policy) {
    text.append(
        "  %s revision %s%s%n"
            .formatted(
                name(policy),
                enforcement(policy),
                items(policy, "problems").isEmpty() ? "" : " WITH PROBLEMS"));
  }

  private static String name(Map<?, ?> policy) {
    String namespace = String.valueOf(policy.get("namespace"));
    return policy.get("kind")
        + (namespace.isEmpty() ? " " : " " + namespace + "/")
        + policy.get("name");
  }

  private static boolean isEnforced(Map<?, ?> object) {
    return String.valueOf(object.get("seen")).equals(String.valueOf(object.get("enforced")));
  }

  /** The revision told, and whether it is the one enforced. */
  private static String enforcement(Map<?, ?> object) {
    String seen = String.valueOf(object.get("seen"));
    String enforced = String.valueOf(object.get("enforced"));
    return (seen.isEmpty() ? "none" : seen)
        + (isEnforced(object)
            ? " enforced"
            : " NOT ENFORCED (is: " + (enforced.isEmpty() ? "none" : enforced) + ")");
  }

  /** JSON is YAML. */
  private static Map<?, ?> object(String json) {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(json);
    return loaded instanceof Map<?, ?> map ? map : Map.of();
  }

  private static Collection<?> items(Map<?, ?> object, String field) {
    return object.get(field) instanceof Collection<?> items ? items : List.of();
  }
}
