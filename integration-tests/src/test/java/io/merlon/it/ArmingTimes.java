package io.merlon.it;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From the moment the scheduler gave a pod a node to the moment its interface was there and the
 * agent's programs at it, by the scheduler's Events and the agents' log, which must be at debug.
 */
final class ArmingTimes {
  private static final Pattern ATTACHED =
      Pattern.compile("\"time\":\"([^\"]+)\".*\"message\":\"attached\".*(eni[0-9a-f]{11})");

  private final Release release;
  private final String namespace;
  private final Map<String, Instant> scheduled = new HashMap<>();
  private final Map<String, Instant> attached = new HashMap<>();

  ArmingTimes(Release release, String namespace) {
    this.release = release;
    this.namespace = namespace;
  }

  /** Remembers what Events and logs tell so far: Events go with their pods, logs are rotated. */
  void look() {
    release.cluster().nodes().forEach(this::attached);
    release
        .cluster()
        .run(
            "--namespace=" + namespace,
            "get",
            "events.events.k8s.io",
            "--field-selector=reason=Scheduled",
            "--output=jsonpath={range .items[*]}{.regarding.name} {.eventTime}{\"\\n\"}{end}")
        .succeeded()
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(parts -> parts.length == 2 && !parts[1].isEmpty())
        .forEach(parts -> scheduled.put(parts[0], Instant.parse(parts[1])));
  }

  String tell() {
    List<Long> times = new ArrayList<>();
    scheduled.forEach((pod, at) -> {
      Instant then = attached.get(PodNetwork.device(PodNetwork.ORDINARY, namespace, pod));
      if (then != null) {
        times.add(then.toEpochMilli() - at.toEpochMilli());
      }
    });
    if (times.isEmpty()) {
      return "not measured: of %d pods scheduled and %d interfaces attached none belong together"
          .formatted(scheduled.size(), attached.size());
    }
    Collections.sort(times);
    return "p50 %d ms, p99 %d ms, of %d pods"
        .formatted(times.get(times.size() / 2), times.get(times.size() * 99 / 100), times.size());
  }

  private void attached(String node) {
    String log =
        release
            .cluster()
            .run("--namespace=merlon", "logs", release.agent(node), "--tail=-1")
            .succeeded();
    Matcher found = ATTACHED.matcher(log);
    while (found.find()) {
      attached.put(found.group(2), Instant.parse(found.group(1)));
    }
  }
}
