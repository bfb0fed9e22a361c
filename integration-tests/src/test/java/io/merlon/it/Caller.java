package io.merlon.it;

import java.util.List;

/** A pod with Merlon's image, from which connections are tried. */
record Caller(Kubectl cluster, String namespace, String pod) {
  private static final int SILENT = 124; // what timeout(1) says
  private static final int REFUSED = 111; // said by the attempt itself
  private static final String ATTEMPT =
      "timeout 3 bash -c 'exec 3<>/dev/tcp/%s/%d || exit " + REFUSED + "'";

  /** What became of an attempt. */
  enum Answer {
    OPEN,
    SILENCE,
    /** Told so by somebody, as by a reset or an ICMP error; no packet was denied. */
    REFUSAL
  }

  Caller(Kubectl cluster, ClusterPods.Spec pod) {
    this(cluster, pod.namespace(), pod.name());
  }

  Answer attempt(String address, int port) {
    return answer(
        cluster.exec(namespace, pod, "/bin/bash", "-c", ATTEMPT.formatted(address, port)));
  }

  /** Anything that is neither a connection nor silence is an error: no policy refuses. */
  boolean connects(String address, int port) {
    Answer answer = attempt(address, port);
    if (answer == Answer.REFUSAL) {
      throw new IllegalStateException(
          "neither open nor silent: %s -> %s port %d".formatted(pod, address, port));
    }
    return answer == Answer.OPEN;
  }

  /** Of so many at once, how many are made; the others met silence. */
  int connections(int attempts, String address, int port) {
    String script =
        "for ((i = 0; i < %d; i++)); do (%s; echo $?) & done; wait"
            .formatted(attempts, ATTEMPT.formatted(address, port));
    List<String> exits =
        cluster.exec(namespace, pod, "/bin/bash", "-c", script).succeeded().lines().toList();
    long open = exits.stream().filter("0"::equals).count();
    long silent = exits.stream().filter(("" + SILENT)::equals).count();
    if (open + silent != attempts) {
      throw new IllegalStateException("%s -> %s port %d: %s".formatted(pod, address, port, exits));
    }
    return (int) open;
  }

  private static Answer answer(Command attempt) {
    return switch (attempt.exit()) {
      case 0 -> Answer.OPEN;
      case SILENT -> Answer.SILENCE;
      case REFUSED -> Answer.REFUSAL;
      default -> throw new IllegalStateException("not an attempt: " + attempt);
    };
  }
}
