package io.merlon.agent.workbench;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.Census;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.lab.Conversation;
import io.merlon.agent.lab.Lab;
import io.merlon.agent.lab.Trial;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.serve.FlowClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The story of the demo, stage by stage. */
final class DemoScript {
  private static final PodRef FRONTEND = new PodRef("web", "frontend");
  private static final PodRef API = new PodRef("payments", "payments-api");
  private static final int API_PORT = 8080;
  private static final long TALK = TimeUnit.MILLISECONDS.toNanos(1500);
  private static final long SILENCE = TimeUnit.MILLISECONDS.toNanos(1500);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
  private static final int SHOWN = 6;
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

  private final Lab lab;
  private final DemoFolder folder;
  private final Path html;
  private final Paint paint = Paint.ofTerminal();
  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
  private boolean right = true;

  DemoScript(Lab lab, DemoFolder folder, Path html) {
    this.lab = lab;
    this.folder = folder;
    this.html = html;
  }

  /** Whether every packet did what policies and modes say. */
  boolean play() throws IOException {
    title("1. Open: four pods, no policy. Everybody reaches everybody, the intruder the database.");
    stage(false);
    title("2. Observe: the policies are there and deny nothing yet.");
    folder.apply(Mode.OBSERVE);
    tellDenied("if it were enforced, it would deny", stage(false));
    title("3. Audit: still nothing is denied, but each denial to come is reported.");
    folder.apply(Mode.AUDIT);
    tellDenied("reported as denials to come", stage(false));
    title("4. Enforced: payments is closed but for what its policies open.");
    folder.apply(Mode.ENFORCE);
    Study study = stage(true);
    out.println("  The database is open to one IAM role, which payments-api has by its account.");
    title("5. A connection is open; its permission is revoked while you watch.");
    revoke(study);
    title("6. What the agent tells about it: who was denied, by name.");
    served();
    MatrixPage.write(matrix(Study.of(folder.path())), Study.of(folder.path()), html);
    out.println();
    out.println("The picture: " + html);
    out.println(
        right
            ? paint.good("Every packet did what the policies say.")
            : paint.bad("Not every packet did what the policies say."));
    return right;
  }

  private void title(String text) {
    out.println();
    out.println(paint.bold(text));
  }

  private static Matrix matrix(Study study) {
    return new Matrix(
        study.policy(),
        Census.pods(study.cluster()),
        List.of(),
        Census.ports(study.cluster().pods()));
  }

  /** Enforces what the folder says now, and tries every connection. */
  private Study stage(boolean table) {
    Study study = Study.of(folder.path());
    Matrix matrix = matrix(study);
    List<Cell> cells = new ArrayList<>();
    matrix.forEach(cells::add);
    Duration took = lab.settle(study.cluster(), matrix.ports());
    List<Trial> trials = lab.run(study.policy(), cells);
    if (table) {
      MatrixText.print(matrix, trials, out, paint);
      out.println();
    }
    long wrong = trials.stream().filter(trial -> !trial.asExpected()).count();
    right &= wrong == 0;
    out.printf(
        "  enforced within %d ms; %d connections tried, %d passed, %d not as policies say%n",
        took.toMillis(),
        trials.size(),
        trials.stream().filter(trial -> trial.outcome().arrived()).count(),
        wrong);
    return study;
  }

  private void tellDenied(String words, Study study) {
    List<Cell> denied = new ArrayList<>();
    matrix(study)
        .forEach(cell -> {
          if (!cell.allowed() && !cell.v6()) {
            denied.add(cell);
          }
        });
    out.println("  " + words + ", for instance:");
    denied.stream()
        .filter(cell -> cell.answer().egress().allows())
        .limit(3)
        .forEach(cell ->
            out.printf(
                "    %s -> %s %s: %s%n",
                cell.from(),
                cell.to(),
                cell.port(),
                Reason.sentence(cell.answer().ingress().by())));
  }

  private void revoke(Study study) throws IOException {
    Address api =
        Census.pods(study.cluster()).stream()
            .filter(end -> API.equals(end.pod()))
            .findFirst()
            .orElseThrow()
            .addresses()
            .getFirst();
    out.printf("  %s -> %s %s ", FRONTEND, API, new PortSpec(Protocol.TCP, API_PORT));
    try (Conversation conversation = lab.converse(FRONTEND, api, API_PORT)) {
      watch(conversation, TALK, false);
      folder.quarantine(API.namespace(), FRONTEND.namespace());
      long moment = System.nanoTime();
      out.print(" [quarantine of namespace " + FRONTEND.namespace() + " applied] ");
      boolean cut = watch(conversation, PATIENCE, true);
      right &= cut;
      long after = Math.max(0, conversation.lastHeard() - moment);
      out.println();
      out.printf(
          "  %s%n",
          cut
              ? "cut: the last answer came "
                  + TimeUnit.NANOSECONDS.toMillis(after)
                  + " ms after the file was written"
              : paint.bad("it was not cut"));
    }
    stage(false);
  }

  /** Prints a dot while answers come; whether they ceased, if that is what is waited for. */
  private boolean watch(Conversation conversation, long longest, boolean untilSilent) {
    long end = System.nanoTime() + longest;
    while (System.nanoTime() < end) {
      long silent = System.nanoTime() - conversation.lastHeard();
      if (untilSilent && silent > SILENCE) {
        return true;
      }
      out.print(silent < 2 * TICK ? "." : "x");
      out.flush();
      LockSupport.parkNanos(TICK);
    }
    return false;
  }

  /** Who was denied last, by name, and the counters of denials. */
  private void served() {
    String node = lab.nodes().iterator().next();
    String latest = lab.status(node, "/v1/flows?verdict=denied&limit=" + SHOWN);
    FlowClient.lines(latest).forEach(flow -> out.println("  " + FlowClient.text(flow)));
    lab.status(node, "/metrics")
        .lines()
        .filter(line -> line.startsWith("merlon_denied_packets_by_peer_total{"))
        .limit(SHOWN)
        .forEach(line -> out.println("  " + line));
  }
}
