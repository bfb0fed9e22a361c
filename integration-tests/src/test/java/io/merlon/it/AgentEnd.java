package io.merlon.it;

import java.time.Duration;

/** Ways in which a node's agent ends without being asked. */
record AgentEnd(Release release, String node) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** To the agent's process in a container: its folder in /proc, and its group's for memory. */
  private static final String FIND =
      """
      set -e
      for found in $(grep -l %s /proc/[0-9]*/cgroup); do
        ! grep -q AgentMain ${found%%/cgroup}/cmdline || process=${found%%/cgroup}
      done
      [ -n "$process" ]
      group=$(sed -n 's/^[0-9]*:memory://p' $process/cgroup)
      """;

  /**
   * Takes the group's limit down to what is in use. A kernel with cgroups of version 2 kills for
   * that; version 1 takes back what it can and refuses to go lower, so that whoever asks for memory
   * next has somebody killed.
   */
  private static final String LIMIT =
      FIND
          + """
          if [ -n "$group" ]; then
            memory=/sys/fs/cgroup/memory$group
            ( echo 1M >$memory/memory.limit_in_bytes ) 2>/dev/null || true
            in_use=$(cat $memory/memory.usage_in_bytes)
            echo $((in_use + 1048576)) >$memory/memory.limit_in_bytes
            cat $memory/memory.limit_in_bytes
          else
            memory=/sys/fs/cgroup$(sed -n 's/^0:://p' $process/cgroup)
            echo 16M >$memory/memory.max
            echo 16777216
          fi
          """;

  /** By SIGKILL. */
  void bySignal() {
    int before = restarts();
    try (NodeProbe probe = NodeProbe.start(release.cluster(), node)) {
      probe.kill(container());
    }
    Await.seldom("the container is started again", PATIENCE, () -> restarts() > before);
  }

  /** By the kernel, for want of memory; the limit that did it, in bytes. */
  long forMemory() {
    int before = restarts();
    long limit;
    try (NodeProbe probe = NodeProbe.start(release.cluster(), node)) {
      limit = Long.parseLong(probe.shell(LIMIT.formatted(container())).strip());
    }
    Await.seldom(
        "the container is killed and started again",
        PATIENCE,
        () -> {
          // Another process in the container asks for memory.
          release.merlon(node, "status");
          return restarts() > before;
        });
    return limit;
  }

  /** Why the container before this one ended. */
  String reason() {
    return told("lastState.terminated.reason");
  }

  private String container() {
    String id = told("containerID");
    return id.substring(id.lastIndexOf('/') + 1);
  }

  private int restarts() {
    return Integer.parseInt(told("restartCount"));
  }

  private String told(String field) {
    return release
        .cluster()
        .get(
            Release.NAMESPACE,
            release.agent(node),
            "{.status.containerStatuses[0].%s}".formatted(field));
  }
}
