package io.merlon.agent.watch.bench;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The objects somebody put beside a made-up cluster's, by resource and name. */
final class BenchObjects {
  private final Map<String, Map<String, String>> objects = new TreeMap<>();

  /** What a watch says about it. */
  synchronized String put(String resource, String name, String json, long version) {
    String object = json.replace("VERSION", String.valueOf(version));
    String before = objects.computeIfAbsent(resource, _ -> new TreeMap<>()).put(name, object);
    return event(before == null ? "ADDED" : "MODIFIED", object);
  }

  /** What a watch says about it. */
  synchronized String delete(String resource, String name, long version) {
    String last = objects.getOrDefault(resource, Map.of()).remove(name);
    if (last == null) {
      throw new IllegalArgumentException("no " + resource + " " + name);
    }
    String now = "\"resourceVersion\":\"" + version + "\"";
    return event("DELETED", last.replaceFirst("\"resourceVersion\":\"\\d+\"", now));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}";
  }

  /** All of a resource, or only those of the node that is watched for. */
  synchronized Collection<String> of(String resource, boolean own) {
    String ofNode = "\"nodeName\":\"" + BenchCluster.NODE + "\"";
    return objects.getOrDefault(resource, Map.of()).values().stream()
        .filter(object -> !own || object.contains(ofNode))
        .toList();
  }
}
