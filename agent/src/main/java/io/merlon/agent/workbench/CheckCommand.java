package io.merlon.agent.workbench;

import io.merlon.agent.watch.ManifestProblem.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is wrong or risky about policies. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "What is invalid or risky in a folder of policies.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon check --manifests policies/",
      "  merlon check --manifests policies/ --fail-on warning --suppressions accepted.txt",
      "  merlon check --manifests policies/ --format sarif > merlon.sarif",
      "",
      "Exit codes: 0 nothing at or above --fail-on, 6 something is, 2 the command line makes no"
          + " sense."
    })
public final class CheckCommand implements Callable<Integer> {
  private static final int FOUND = 6;

  @Spec private @Nullable CommandSpec command;

  @Mixin private Source source = new Source();

  @Option(
      names = "--fail-on",
      paramLabel = "LEVEL",
      defaultValue = "error",
      description = "error, warning, note or never. Default: ${DEFAULT-VALUE}.")
  private Threshold failOn = Threshold.ERROR;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, json, sarif or junit. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.TEXT;

  @Option(
      names = "--suppressions",
      paramLabel = "FILE",
      description = "Findings to leave out: a line 'RULE KIND NAMESPACE/NAME: REASON' each.")
  private @Nullable Path suppressions;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  /** As it is written on the command line. */
  enum Threshold {
    ERROR,
    WARNING,
    NOTE,
    NEVER;

    boolean reached(Severity severity) {
      return severity.ordinal() <= ordinal() && this != NEVER;
    }
  }

  /** As it is written on the command line. */
  enum Format {
    TEXT,
    JSON,
    SARIF,
    JUNIT
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Suppressions accepted = accepted();
    List<Finding> all = Finding.of(source.study());
    List<Finding> findings = all.stream().filter(finding -> !accepted.suppress(finding)).toList();
    accepted.idle(all).forEach(System.err::println);
    var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    switch (json ? Format.JSON : format) {
      case TEXT -> findings.forEach(out::println);
      case JSON -> CheckReports.json(findings, out);
      case SARIF -> CheckReports.sarif(findings, out);
      case JUNIT -> CheckReports.junit(findings, out);
    }
    out.flush();
    boolean found = findings.stream().anyMatch(f -> failOn.reached(f.problem().severity()));
    return found ? FOUND : 0;
  }

  private Suppressions accepted() {
    try {
      return suppressions == null ? Suppressions.none() : Suppressions.read(suppressions);
    } catch (Suppressions.UnreadableException e) {
      throw new ParameterException(Objects.requireNonNull(command).commandLine(), e.getMessage());
    }
  }
}
