package io.merlon.agent.config;

import java.nio.file.Path;

/** Where cluster state comes from. */
public sealed interface SourceSetting {
  /** The cluster's API server. */
  record Kubernetes() implements SourceSetting {}

  /** A folder of manifests that is watched. */
  record Folder(Path path) implements SourceSetting {}
}
