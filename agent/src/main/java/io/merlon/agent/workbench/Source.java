package io.merlon.agent.workbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command takes the cluster from that it is asked about. */
public final class Source {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable Place place;

  /** One of both. */
  public static final class Place {
    @Option(
        names = "--manifests",
        paramLabel = "DIR",
        description = "The folder with pods, namespaces and policies.")
    private @Nullable Path manifests;

    @Option(names = "--live", description = "The cluster of the current kubeconfig instead.")
    private boolean live;
  }

  Study study() throws IOException, InterruptedException {
    Place given = Objects.requireNonNull(place);
    return given.live
        ? Study.ofCluster()
        : folder(Objects.requireNonNull(command), Objects.requireNonNull(given.manifests));
  }

  static Study folder(CommandSpec command, Path folder) {
    if (!Files.exists(folder)) {
      throw new ParameterException(command.commandLine(), "no such folder: " + folder);
    }
    return Study.of(folder);
  }
}
