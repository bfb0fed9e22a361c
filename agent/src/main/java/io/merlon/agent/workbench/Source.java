package io.merlon.agent.workbench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command takes the cluster from that it is asked about. */
public final class Source {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--manifests",
      required = true,
      paramLabel = "DIR",
      description = "The folder with pods, namespaces and policies.")
  private Path manifests = Path.of("");

  Study study() {
    if (!Files.exists(manifests) && command != null) {
      throw new ParameterException(command.commandLine(), "no such folder: " + manifests);
    }
    return Study.of(manifests);
  }
}
