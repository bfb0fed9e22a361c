package io.merlon.agent.deploy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is given to a cluster, read into Kubernetes' own types, none of which has a field more. */
public record Manifests(List<Object> objects) {
  private static final Map<String, Class<?>> TYPES =
      Map.ofEntries(
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("apps/v1/DaemonSet", DaemonSet.class),
          Map.entry("rbac.authorization.k8s.io/v1/ClusterRole", ClusterRole.class),
          Map.entry("rbac.authorization.k8s.io/v1/ClusterRoleBinding", ClusterRoleBinding.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("monitoring.coreos.com/v1/PodMonitor", Monitoring.PodMonitor.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", Monitoring.PrometheusRule.class),
          Map.entry(
              "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy",
              ValidatingAdmissionPolicy.class),
          Map.entry(
              "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding",
              ValidatingAdmissionPolicyBinding.class));

  /** The models keep what they do not know; here it is an error. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(com.fasterxml.jackson.databind.introspect.Annotated a) {
                  return a instanceof AnnotatedMember ? Boolean.FALSE : super.hasAnySetter(a);
                }
              });

  /** Those that are kept rendered, of a folder of deploy/kustomize. */
  public static Manifests of(String folder) throws IOException {
    return read(Files.readString(Path.of("../deploy/kustomize", folder, "merlon.yaml")));
  }

  /** What the chart renders with options, where there is a helm. */
  public static Manifests rendered(String... options) {
    Helm.Answer answer = Helm.needed().template(options);
    if (answer.code() != 0) {
      throw new IllegalStateException(answer.errors());
    }
    return read(answer.out());
  }

  static Manifests read(String yaml) {
    List<Object> objects = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document instanceof Map<?, ?> map) {
        String kind = map.get("apiVersion") + "/" + map.get("kind");
        Class<?> type = TYPES.get(kind);
        if (type == null) {
          throw new IllegalArgumentException("no type for " + kind);
        }
        objects.add(STRICT.convertValue(map, type));
      }
    }
    return new Manifests(objects);
  }

  private <T> T only(Class<T> type) {
    List<T> found = objects.stream().filter(type::isInstance).map(type::cast).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(found.size() + " of " + type.getSimpleName());
    }
    return found.getFirst();
  }

  public ClusterRole clusterRole(String name) {
    return objects.stream()
        .filter(ClusterRole.class::isInstance)
        .map(ClusterRole.class::cast)
        .filter(role -> role.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Monitoring.PodMonitor podMonitor() {
    return only(Monitoring.PodMonitor.class);
  }

  /** Where alerts say they are explained. */
  List<String> runbooks() {
    return objects.stream()
        .filter(Monitoring.PrometheusRule.class::isInstance)
        .map(Monitoring.PrometheusRule.class::cast)
        .flatMap(rules -> rules.spec().groups().stream())
        .flatMap(group -> group.rules().stream())
        .filter(rule -> rule.annotations() != null)
        .map(rule -> Objects.requireNonNull(rule.annotations().get("runbook_url")))
        .toList();
  }

  DaemonSet daemonSet() {
    return only(DaemonSet.class);
  }

  /** The file the agent reads, which is a note of the pod's. */
  String config() {
    return Objects.requireNonNull(
        daemonSet().getSpec().getTemplate().getMetadata().getAnnotations().get("merlon.io/config"));
  }
}
