package io.merlon.it;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pod that sends to whom it may not from its first instruction on, by UDP and TCP in both
 * families, and opens connections to whom it may for seconds. It counts what it sends where it
 * sends it, and tells it all as its termination message, which the API server keeps.
 *
 * @param label by which it is found, as {@code key: value}
 */
record MisbehavingPod(String namespace, String name, String label) {
  /** Attempts of each pod in each family. */
  static final int ATTEMPTS = 20;

  /** Connections to whom it may not are given up before a SYN of theirs is sent again. */
  private static final String PROGRAM =
      """
      exec 2>/dev/null
      forbidden() {
        n=0
        for i in $(seq $2); do
          timeout 0.5 /bin/bash -c "echo x >/dev/tcp/$1/9000"
          case $? in 0 | 124) n=$((n + 1)) ;; esac
        done
        exit $n
      }
      udp4() { echo x >/dev/udp/$F4/9000 && u4=$((u4 + 1)); }
      udp6() { echo x >/dev/udp/$F6/9000 && u6=$((u6 + 1)); }
      resent() {
        while read -ra names && read -ra values; do [ "$names" != TcpExt: ] || break; done </proc/net/netstat
        for i in "${!names[@]}"; do [ "${names[i]}" != TCPSynRetrans ] || again=${values[i]}; done
      }
      u4=0 u6=0 t4=0 t6=0
      both() {
        forbidden $F4 $1 & p4=$!
        forbidden $F6 $1 & p6=$!
        [ $1 = 1 ] || for n in {1..100}; do udp4; udp6; done
        wait $p4; t4=$((t4 + $?))
        wait $p6; t6=$((t6 + $?))
      }
      both 4
      resent
      for n in {1..%d}; do
        for family in 4 6; do
          to=A$family before=$again begun=$EPOCHREALTIME said=failed
          timeout 3 /bin/bash -c "exec 3<>/dev/tcp/${!to}/8080" && said=made
          ended=$EPOCHREALTIME
          resent
          echo "$family $said $begun $ended $((again - before))"
          udp4; udp6
          sleep 0.1
        done
      done >/dev/termination-log
      both 1
      echo "sent $u4 $u6 $t4 $t6" >>/dev/termination-log
      exit 0
      """
          .formatted(ATTEMPTS);

  private static final Pattern LINE =
      Pattern.compile("[46] (made|failed) [0-9.]+ [0-9.]+ \\d+|sent \\d+ \\d+ \\d+ \\d+");

  /** Addresses, IPv4 first. */
  record Targets(List<String> forbidden, List<String> allowed) {}

  /**
   * An attempt to connect to whom it may.
   *
   * @param begun in seconds since the epoch
   * @param synsResent by the whole pod meanwhile
   */
  record Attempt(boolean six, boolean made, double begun, double took, long synsResent) {
    private static Attempt of(String[] parts) {
      double begun = Double.parseDouble(parts[2]);
      return new Attempt(
          parts[0].equals("6"),
          parts[1].equals("made"),
          begun,
          Double.parseDouble(parts[3]) - begun,
          Long.parseLong(parts[4]));
    }

    /** Whether it was made late though no packet of it was lost. */
    boolean isLate() {
      return made && took >= 1 && synsResent == 0;
    }
  }

  /** What was sent to whom it may not: datagrams, and connections begun, each IPv4 first. */
  record Sent(long udp4, long udp6, long tcp4, long tcp6) {
    static final Sent NOTHING = new Sent(0, 0, 0, 0);

    Sent plus(Sent other) {
      return new Sent(udp4 + other.udp4, udp6 + other.udp6, tcp4 + other.tcp4, tcp6 + other.tcp6);
    }

    long all() {
      return udp4 + udp6 + tcp4 + tcp6;
    }
  }

  /** What a pod told at its end. */
  record Told(List<Attempt> attempts, Sent sent) {
    /** Of its termination message, which must be whole. */
    static Told of(String pod, List<String> message) {
      List<Attempt> attempts = new ArrayList<>();
      Sent sent = Sent.NOTHING;
      for (String line : message) {
        if (!LINE.matcher(line).matches()) {
          throw new AssertionError(pod + " told " + line);
        }
        String[] parts = line.split(" ", -1);
        if (parts[0].equals("sent")) {
          sent = sent.plus(sent(parts));
        } else {
          attempts.add(Attempt.of(parts));
        }
      }
      long six = attempts.stream().filter(Attempt::six).count();
      if (six != ATTEMPTS || attempts.size() != 2 * ATTEMPTS || sent.equals(Sent.NOTHING)) {
        throw new AssertionError(pod + " did not tell all: " + message);
      }
      return new Told(attempts, sent);
    }

    private static Sent sent(String[] parts) {
      return new Sent(
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]),
          Long.parseLong(parts[4]));
    }
  }

  String manifest(Targets targets) {
    return """
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {%s}}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: %s
        imagePullPolicy: IfNotPresent
        command: [/bin/bash, -c, %s]
        env:
        - {name: F4, value: "%s"}
        - {name: F6, value: "%s"}
        - {name: A4, value: "%s"}
        - {name: A6, value: "%s"}
    """
        .formatted(
            name,
            namespace,
            label,
            Release.image(),
            '"' + PROGRAM.replace("\"", "\\\"").replace("\n", "\\n").replace("$(", "$$(") + '"',
            targets.forbidden().get(0),
            targets.forbidden().get(1),
            targets.allowed().get(0),
            targets.allowed().get(1));
  }
}
