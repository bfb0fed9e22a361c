package io.merlon.agent.config;

import java.nio.file.Path;

/** Where flows are written. */
public sealed interface FlowSetting {
  /** Nowhere. */
  record None() implements FlowSetting {}

  /** To standard output. */
  record Stdout() implements FlowSetting {}

  /** To a file, which is rotated. */
  record File(Path path) implements FlowSetting {}
}
