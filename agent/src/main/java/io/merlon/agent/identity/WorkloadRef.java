package io.merlon.agent.identity;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people call the thing a pod belongs to: the Deployment rather than its ReplicaSet of today,
 * the CronJob rather than its job of this minute; a pod nobody made is its own.
 *
 * @param kind as the API spells it
 */
public record WorkloadRef(String namespace, String kind, String name) {
  /** Nobody's: the packets of a pod nobody knows any more. */
  public static final WorkloadRef NONE = new WorkloadRef("", "", "");

  private static final String HASH = "pod-template-hash";

  /** The controller of CronJobs names a job for the minute it is for, since the epoch. */
  private static final Pattern SCHEDULED = Pattern.compile("(.+)-\\d{8,10}");

  /**
   * The workload of a pod with a controller.
   *
   * @param labels the pod's own
   */
  public static WorkloadRef of(
      String namespace, String kind, String name, Map<String, String> labels) {
    if (kind.equals("ReplicaSet")) {
      String hash = labels.get(HASH);
      if (hash != null && name.endsWith("-" + hash)) {
        String deployment = name.substring(0, name.length() - hash.length() - 1);
        return new WorkloadRef(namespace, "Deployment", deployment);
      }
    }
    Matcher scheduled = SCHEDULED.matcher(name);
    if (kind.equals("Job") && scheduled.matches()) {
      return new WorkloadRef(namespace, "CronJob", scheduled.group(1));
    }
    return new WorkloadRef(namespace, kind, name);
  }

  public static WorkloadRef ofPod(PodRef pod) {
    return new WorkloadRef(pod.namespace(), "Pod", pod.name());
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
