package io.merlon.agent.api;

import java.util.List;
import java.util.Map;

/** A node: its labels and every address of {@code status.addresses} that is an IP address. */
public record Node(String name, Map<String, String> labels, List<String> addresses) {
  public Node {
    labels = Map.copyOf(labels);
    addresses = List.copyOf(addresses);
  }
}
