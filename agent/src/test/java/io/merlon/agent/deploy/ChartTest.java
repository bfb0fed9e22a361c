package io.merlon.agent.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart renders what clusters accept, for every set of values that comes with it. */
class ChartTest {
  private static final String VALUES = "../deploy/chart/values/";
  private static final Pattern TABLE = Pattern.compile("\\| value \\|(?:.*\\|\n)*(?:.*\\|)");

  @ParameterizedTest
  @ValueSource(strings = {"eks", "kind", "generic"})
  void rendersOnlyFieldsThatThereAre(String values) {
    Manifests manifests = Manifests.rendered("--values=" + VALUES + values + ".yaml");
    manifests.daemonSet();
    assertEquals(0, Helm.needed().lint("--values=" + VALUES + values + ".yaml").code());
  }

  @Test
  void rendersEveryOption() {
    Manifests manifests =
        Manifests.rendered(
            "--values=" + VALUES + "generic.yaml",
            "--set=exposePort=true,podMonitor.enabled=true,rules.enabled=true,dashboards.enabled=true",
            "--set=networkPolicy.enabled=true,guardAnnotations=true,seccomp=merlon,bpffs.mount=true,image.pullSecrets[0].name=s,podIdentity=true",
            "--set=networkPolicy.from[0].ipBlock.cidr=10.0.0.0/8,podLabels.a=b,podAnnotations.a=b",
            "--set=serviceAccountAnnotations.a=b,extraCapabilities={SYS_RESOURCE}",
            "--set=settings.map-flows=262144,rules.labels.a=b,podMonitor.labels.a=b,image.tag=t");
    assertEquals(14, manifests.objects().size());
    String config = manifests.config();
    assertTrue(config.contains("map-flows: 262144\n"), config);
  }

  @Test
  void closesItsPortToThoseWithoutAToken() {
    Manifests manifests =
        Manifests.rendered(
            "--values=" + VALUES + "generic.yaml",
            "--set=exposePort=true,podMonitor.enabled=true,tls.secret=cert,tokens=true",
            "--set=podMonitor.tokenSecret.name=token",
            "--set=podMonitor.tlsConfig.serverName=merlon");
    var container =
        manifests.daemonSet().getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertEquals("HTTPS", container.getReadinessProbe().getHttpGet().getScheme());
    String config = manifests.config();
    assertTrue(config.contains("http-tokens: \"true\""), config);
    assertTrue(config.contains("tls-key: \"/etc/merlon-tls/tls.key\""), config);
    var scraped = manifests.podMonitor().spec().podMetricsEndpoints().getFirst();
    assertEquals("https", scraped.scheme());
    assertEquals("token", Objects.requireNonNull(scraped.authorization()).credentials().getName());
    assertEquals(
        List.of("/metrics"),
        manifests.clusterRole("merlon-metrics").getRules().getFirst().getNonResourceURLs());
    assertEquals(
        List.of("create"),
        manifests.clusterRole("merlon").getRules().stream()
            .filter(rule -> rule.getResources().contains("tokenreviews"))
            .findFirst()
            .orElseThrow()
            .getVerbs());
  }

  @Test
  void rendersTheStepBeforeUninstalling() {
    var pod = Manifests.rendered("--set=detach=true").daemonSet().getSpec().getTemplate().getSpec();
    assertEquals("detach", pod.getInitContainers().getFirst().getArgs().getFirst());
    assertEquals(
        List.of("/bin/rm", "-f", "/profiles/merlon.json"),
        pod.getInitContainers().getLast().getCommand());
    assertEquals(List.of("/bin/sleep", "infinity"), pod.getContainers().getFirst().getCommand());
  }

  /** A runtime's own profile may refuse what detaching takes, as it refused the agent. */
  @Test
  void detachesByTheProfileItEnforcedWith() {
    var pod =
        Manifests.rendered("--set=detach=true,seccomp=merlon")
            .daemonSet()
            .getSpec()
            .getTemplate()
            .getSpec();
    assertEquals(
        List.of("seccomp", "detach", "profile"),
        pod.getInitContainers().stream().map(Container::getName).toList());
    var profile = pod.getInitContainers().get(1).getSecurityContext().getSeccompProfile();
    assertEquals("Localhost", profile.getType());
  }

  /** Else a pod of the old template that restarts reads options it does not know. */
  @Test
  void theConfigurationBelongsToThePodsTemplate() {
    var template =
        Manifests.rendered("--set=seccomp=merlon,settings.map-flows=5")
            .daemonSet()
            .getSpec()
            .getTemplate();
    var notes = template.getMetadata().getAnnotations();
    var config =
        template.getSpec().getVolumes().stream()
            .filter(volume -> volume.getName().equals("config"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        notes.keySet().stream()
            .filter(note -> note.startsWith("merlon.io/"))
            .map("metadata.annotations['%s']"::formatted)
            .sorted()
            .toList(),
        config.getDownwardAPI().getItems().stream()
            .map(item -> item.getFieldRef().getFieldPath())
            .sorted()
            .toList());
    assertTrue(String.valueOf(notes.get("merlon.io/config")).contains("map-flows: 5\n"));
    assertTrue(String.valueOf(notes.get("merlon.io/seccomp")).startsWith("{\n"));
  }

  /** Rules and dashboards ask for one job; what runbooks are read at is the operator's to say. */
  @Test
  void isWatchedWhateverItIsCalled() {
    Helm.Answer answer =
        Helm.needed()
            .templateOf(
                "acme",
                "--set=exposePort=true,podMonitor.enabled=true,rules.enabled=true",
                "--set=rules.runbookUrl=https://pages.example/merlon/");
    Manifests manifests = Manifests.read(answer.out());
    assertEquals("acme-merlon", manifests.daemonSet().getMetadata().getName());
    assertTrue(
        manifests.podMonitor().spec().podMetricsEndpoints().getFirst().relabelings().stream()
            .anyMatch(to -> to.targetLabel().equals("job") && "merlon".equals(to.replacement())));
    List<String> pages = manifests.runbooks();
    assertFalse(pages.isEmpty());
    pages.forEach(
        page -> assertTrue(page.startsWith("https://pages.example/merlon/docs/runbooks/"), page));
  }

  /** Past the Service, for which kube-proxy must have heard of it. */
  @Test
  void leadsToTheApiServerItself() {
    List<String> environment =
        Manifests.rendered("--set=apiServer.host=api.example,apiServer.port=6443")
            .daemonSet()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .getFirst()
            .getEnv()
            .stream()
            .map(variable -> variable.getName() + "=" + variable.getValue())
            .toList();
    assertTrue(environment.contains("KUBERNETES_SERVICE_HOST=api.example"), "" + environment);
    assertTrue(environment.contains("KUBERNETES_SERVICE_PORT=6443"), "" + environment);
    assertEquals(0, Helm.needed().template("--set=apiServer.host=fd00::1").code());
  }

  @Test
  void leavesNodesOutThatTakeNoAgent() {
    var asked =
        Manifests.rendered("--values=" + VALUES + "eks.yaml")
            .daemonSet()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms()
            .getFirst()
            .getMatchExpressions()
            .getFirst();
    assertEquals("NotIn", asked.getOperator());
    assertEquals(List.of("fargate", "hybrid"), asked.getValues());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode=off",
        "unknown=1",
        "image.unknown=1",
        "port=0",
        "interfacePrefixes={tolong}",
        "settings.mode.deep=1",
        "podMonitor.enabled=true",
        "podMonitor.enabled=true,exposePort=true,tls.secret=cert,podMonitor.tlsConfig.serverName=a,tokens=true",
        "podMonitor.enabled=true,exposePort=true,tls.secret=cert",
        "exposePort=true,tokens=true",
        "settings.http-tokens=true",
        "settings.mode=enforce",
        "settings.http-address=0.0.0.0:9469",
        "settings.tls-key=/tmp/key",
        "maxUnavailable=0",
        "maxUnavailable=0%",
        "rules.runbookUrl=docs",
        "extraCapabilities={NET_RAW}",
        "apiServer.host=https://api.example",
        "apiServer.host=api.example:443"
      })
  void refusesWhatMeansNothing(String wrong) {
    assertNotEquals(0, Helm.needed().template("--set=" + wrong).code());
  }

  @ParameterizedTest
  @CsvSource({
    "base,,",
    "eks,--values=" + VALUES + "eks.yaml,",
    "detach,--values=" + VALUES + "eks.yaml,--set=detach=true"
  })
  void whatIsKeptRenderedIsWhatTheChartRenders(
      String folder, @Nullable String values, @Nullable String option) throws IOException {
    String[] options =
        Stream.of("--namespace=merlon", values, option)
            .filter(Objects::nonNull)
            .toArray(String[]::new);
    assertEquals(
        Files.readString(Path.of("../deploy/kustomize", folder, "merlon.yaml")),
        Helm.needed().template(options).out(),
        "make chart renders it anew");
  }

  /** Where {@code merlon.write} is set it is written, not compared. */
  @Test
  void theReadmeNamesEveryValue() throws IOException {
    Path readme = Path.of("../deploy/chart/README.md");
    String table =
        ValuesTable.of(
                Path.of("../deploy/chart/values.schema.json"),
                Files.readString(Path.of("../deploy/chart/values.yaml")))
            .strip();
    String text = Files.readString(readme);
    String written = TABLE.matcher(text).replaceFirst(Matcher.quoteReplacement(table));
    if (Boolean.getBoolean("merlon.write")) {
      Files.writeString(readme, written);
    }
    assertEquals(written, Files.readString(readme), "make chart writes it anew");
    assertTrue(written.contains(table));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "eks"})
  void asksForNoMorePrivilegesThanEnforcingTakes(String folder) throws IOException {
    var pod = Manifests.of(folder).daemonSet().getSpec().getTemplate().getSpec();
    assertTrue(pod.getHostNetwork());
    assertFalse(Boolean.TRUE.equals(pod.getHostPID()) || Boolean.TRUE.equals(pod.getHostIPC()));
    for (var container :
        Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()).toList()) {
      var security = container.getSecurityContext();
      assertFalse(Boolean.TRUE.equals(security.getPrivileged()), container.getName());
      assertFalse(security.getAllowPrivilegeEscalation());
      assertTrue(security.getReadOnlyRootFilesystem());
      assertEquals(List.of("ALL"), security.getCapabilities().getDrop());
      assertEquals(List.of("BPF", "NET_ADMIN", "PERFMON"), security.getCapabilities().getAdd());
      assertEquals("RuntimeDefault", security.getSeccompProfile().getType());
    }
    assertEquals(
        List.of("/sys/fs/bpf"),
        pod.getVolumes().stream()
            .filter(volume -> volume.getHostPath() != null)
            .map(volume -> volume.getHostPath().getPath())
            .toList());
  }
}
