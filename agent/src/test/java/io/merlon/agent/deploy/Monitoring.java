package io.merlon.agent.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Prometheus operator's types (monitoring.coreos.com/v1), as far as the chart uses them. */
final class Monitoring {
  private Monitoring() {}

  record PodMonitor(String apiVersion, String kind, ObjectMeta metadata, PodMonitorSpec spec) {}

  record PodMonitorSpec(LabelSelector selector, List<Endpoint> podMetricsEndpoints) {}

  record Endpoint(
      String port,
      String path,
      String interval,
      @Nullable String scheme,
      @Nullable TlsConfig tlsConfig,
      @Nullable Authorization authorization,
      boolean honorLabels,
      List<Relabeling> relabelings) {}

  record TlsConfig(@Nullable SecretOrMap ca, @Nullable String serverName) {}

  record SecretOrMap(SecretKeySelector secret) {}

  record Authorization(SecretKeySelector credentials) {}

  record Relabeling(
      @Nullable List<String> sourceLabels, String targetLabel, @Nullable String replacement) {}

  record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, RuleSpec spec) {}

  record RuleSpec(List<Group> groups) {}

  record Group(String name, List<Rule> rules) {}

  record Rule(
      String alert,
      @JsonProperty("record") String recorded,
      String expr,
      @JsonProperty("for") String duration,
      Map<String, String> labels,
      Map<String, String> annotations) {}
}
