package io.merlon.agent.api;

import java.util.Map;

/** A namespace: its name, and the labels policies may select it by. */
public record Namespace(String name, Map<String, String> labels, Map<String, String> annotations) {
  public Namespace {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
