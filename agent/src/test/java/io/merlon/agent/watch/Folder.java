package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;

/** A folder of manifests under test. */
record Folder(Path root) {
  Folder write(String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FolderContents read() {
    return ManifestFolder.read(root);
  }

  /** Problems as text, without the folder's own path. */
  static List<String> problems(FolderContents contents, Path root) {
    return contents.problems().stream()
        .map(problem -> problem.toString().replace(root + "/", ""))
        .toList();
  }

  List<String> problems() {
    return problems(read(), root);
  }

  static Pod pod(FolderContents contents, String name) {
    return contents.snapshot().pods().stream()
        .filter(pod -> pod.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("pod " + name));
  }

  static List<String> podNames(FolderContents contents) {
    return contents.snapshot().pods().stream().map(Pod::name).sorted().toList();
  }

  static List<String> namespaceNames(Collection<Namespace> namespaces) {
    return namespaces.stream().map(Namespace::name).sorted().toList();
  }

  static ClusterEvent.Key key(ClusterEvent.Kind kind, String namespace, String name) {
    return new ClusterEvent.Key(kind, namespace, name);
  }
}
