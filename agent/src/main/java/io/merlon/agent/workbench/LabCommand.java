package io.merlon.agent.workbench;

import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.Census;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.lab.Enclosure;
import io.merlon.agent.lab.Lab;
import io.merlon.agent.lab.LabException;
import io.merlon.agent.lab.Preflight;
import io.merlon.agent.lab.Trial;
import io.merlon.agent.watch.FolderContents;
import io.merlon.agent.watch.FolderWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who reaches whom, tried with real packets. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    description =
        "Enforce a folder with the real agent on network namespaces of this machine, and try every"
            + " connection.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon lab --manifests policies/",
      "  merlon lab --manifests policies/ --probe questions.txt --json",
      "  merlon lab --manifests policies/ --keep      (then edit the folder; Ctrl-C ends it)",
      "",
      "Exit codes: 0 packets do what policies say, 5 one does not, 1 this machine lacks something,",
      "2 the command line makes no sense."
    })
public final class LabCommand implements Callable<Integer> {
  private static final int DIFFERENT = 5;

  @Spec private @Nullable CommandSpec command;

  @Option(
      names = "--manifests",
      required = true,
      paramLabel = "DIR",
      description = "The folder with pods, namespaces and policies.")
  private Path manifests = Path.of("");

  @Option(
      names = "--probe",
      paramLabel = "all|FILE",
      defaultValue = "all",
      description =
          "What to try: every pair of pods on every port that a pod declares, or the connections"
              + " in a file, a line 'NS/POD NS/POD PORT/PROTOCOL' each. Default: ${DEFAULT-VALUE}.")
  private String probe = "all";

  @Option(
      names = "--keep",
      description = "Stay, enforce every edit of the folder and try again, until Ctrl-C.")
  private boolean keep;

  @Option(names = "--json", description = "Print JSON as matrix does, with what was measured.")
  private boolean json;

  @Option(names = "--inside", hidden = true)
  private @Nullable Path inside;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec own = Objects.requireNonNull(command);
    if (!Files.exists(manifests)) {
      throw new ParameterException(own.commandLine(), "no such folder: " + manifests);
    }
    Questions questions = questions(own);
    Path place = inside;
    if (place == null) {
      Preflight.check();
      return Enclosure.run(own.commandLine().getParent().getParseResult().originalArgs());
    }
    Enclosure.furnish(place);
    // Leaving ends everything that was made, at once.
    return run(new Lab(place, manifests), questions);
  }

  private Questions questions(CommandSpec own) {
    try {
      return probe.equals("all") ? Questions.ALL : Questions.read(Path.of(probe));
    } catch (Questions.UnreadableException e) {
      throw new ParameterException(own.commandLine(), e.getMessage());
    }
  }

  private int run(Lab lab, Questions questions) throws IOException, InterruptedException {
    Semaphore changed = new Semaphore(0);
    LabReport report = new LabReport(json);
    try (FolderWatch watch = FolderWatch.open(manifests, _ -> changed.release())) {
      FolderContents known = watch.contents();
      boolean right = round(lab, known, questions, report);
      while (keep) {
        changed.acquire();
        FolderContents now = watch.contents();
        if (now != known) {
          known = now;
          right &= followed(lab, now, questions, report);
        }
      }
      return right ? 0 : DIFFERENT;
    }
  }

  /** What is wrong with one edit may be mended by the next. */
  private boolean followed(Lab lab, FolderContents contents, Questions questions, LabReport report)
      throws IOException {
    try {
      return round(lab, contents, questions, report);
    } catch (LabException e) {
      System.err.println("merlon: " + e.getMessage());
      return true;
    }
  }

  /** Whether everything went as policies say. */
  private boolean round(Lab lab, FolderContents contents, Questions questions, LabReport report)
      throws IOException {
    Study study = Study.of(manifests, contents);
    var ports = new TreeSet<>(Census.ports(study.cluster().pods()));
    ports.addAll(questions.ports());
    var matrix =
        new Matrix(study.policy(), Census.pods(study.cluster()), List.of(), List.copyOf(ports));
    List<Cell> cells = new ArrayList<>();
    int[] untried = new int[1];
    matrix.forEach(cell -> {
      if (!questions.ask(cell)) {
        return;
      }
      if (Lab.canTry(cell.port())) {
        cells.add(cell);
      } else {
        untried[0]++;
      }
    });
    Duration took = lab.settle(study.cluster(), ports);
    List<Trial> trials = lab.run(study.policy(), cells);
    report.print(study, matrix, new LabReport.Round(lab.nodes().size(), took, trials, untried[0]));
    return trials.stream().allMatch(Trial::asExpected);
  }
}
