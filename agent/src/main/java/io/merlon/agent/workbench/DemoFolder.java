package io.merlon.agent.workbench;

import io.merlon.agent.api.Namespace;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.watch.ManifestFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The demo's copy of the payments example, which it edits as an operator would. */
final class DemoFolder {
  private static final String NAMESPACES = "namespaces.yaml";
  private static final String PODS = "pods.yaml";
  private static final String POLICIES = "policies.yaml";
  static final List<String> FILES = List.of(NAMESPACES, PODS, POLICIES);

  private final Path folder;
  private final Path example;

  private DemoFolder(Path folder, Path example) {
    this.folder = folder;
    this.example = example;
  }

  /** A copy without the policies, for now. */
  static DemoFolder create(Path folder, Path example) throws IOException {
    Files.createDirectory(folder);
    Files.copy(example.resolve(NAMESPACES), folder.resolve(NAMESPACES));
    Files.copy(example.resolve(PODS), folder.resolve(PODS));
    return new DemoFolder(folder, example);
  }

  Path path() {
    return folder;
  }

  /** Brings the policies in, and puts every namespace in a mode. */
  void apply(Mode mode) throws IOException {
    Collection<Namespace> namespaces =
        ManifestFolder.read(example.resolve(NAMESPACES)).snapshot().namespaces();
    String word = mode.name().toLowerCase(Locale.ROOT);
    StringBuilder text = new StringBuilder();
    for (Namespace namespace : namespaces) {
      text.append("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ")
          .append(namespace.name())
          .append("\n  annotations: {")
          .append(Mode.ANNOTATION)
          .append(": ")
          .append(word)
          .append("}\n  labels: ")
          .append(flow(namespace.labels()))
          .append('\n');
    }
    write(NAMESPACES, text.toString());
    if (!Files.exists(folder.resolve(POLICIES))) {
      write(POLICIES, Files.readString(example.resolve(POLICIES)));
    }
  }

  private static String flow(Map<String, String> labels) {
    StringBuilder text = new StringBuilder("{");
    new TreeMap<>(labels)
        .forEach((key, value) ->
            text.append(text.length() > 1 ? ", " : "")
                .append(key)
                .append(": \"")
                .append(value)
                .append('"'));
    return text.append('}').toString();
  }

  /** Nobody from a namespace reaches another one any more, whatever other policies say. */
  void quarantine(String namespace, String from) throws IOException {
    write(
        "quarantine.yaml",
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: quarantine}
        spec:
          tier: Admin
          priority: 1
          subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: %s}}}
          ingress:
          - name: revoked
            action: Deny
            from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: %s}}}]
        """
            .formatted(namespace, from));
  }

  /** In one step, as whoever applies manifests does. */
  private void write(String file, String text) throws IOException {
    Path next = Files.writeString(folder.resolve("." + file), text);
    Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }
}
