package io.merlon.agent.api;

import java.util.Map;

/** A service account; its annotations can name an IAM role. */
public record ServiceAccount(String namespace, String name, Map<String, String> annotations) {
  public ServiceAccount {
    annotations = Map.copyOf(annotations);
  }
}
