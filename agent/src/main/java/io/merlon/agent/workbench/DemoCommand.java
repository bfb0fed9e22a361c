package io.merlon.agent.workbench;

import io.merlon.agent.lab.Enclosure;
import io.merlon.agent.lab.Lab;
import io.merlon.agent.lab.Preflight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A short guided lab: from open to enforced, and a connection that is cut. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "A guided tour of the payments example in the lab: open, observe, audit, enforced, and a"
            + " revoked connection cut while you watch.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon demo --manifests docs/examples/payments",
      "",
      "Exit codes: 0 every packet did what policies say, 5 one did not, 1 this machine lacks",
      "something, 2 the command line makes no sense."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final int DIFFERENT = 5;

  @Spec private @Nullable CommandSpec command;

  @Option(
      names = "--manifests",
      required = true,
      paramLabel = "DIR",
      description = "The payments example.")
  private Path manifests = Path.of("");

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Where to write the picture. Default: merlon-demo.html among temporary files.")
  private Path html = Path.of(System.getProperty("java.io.tmpdir"), "merlon-demo.html");

  @Option(names = "--inside", hidden = true)
  private @Nullable Path inside;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec own = Objects.requireNonNull(command);
    Path place = inside;
    if (place == null) {
      Preflight.check();
    }
    for (String file : DemoFolder.FILES) {
      if (!Files.exists(manifests.resolve(file))) {
        throw new ParameterException(
            own.commandLine(), manifests + " is not the payments example: it has no " + file);
      }
    }
    if (place == null) {
      return Enclosure.run(own.commandLine().getParent().getParseResult().originalArgs());
    }
    Enclosure.furnish(place);
    DemoFolder folder = DemoFolder.create(place.resolve("payments"), manifests);
    return new DemoScript(new Lab(place, folder.path()), folder, html).play() ? 0 : DIFFERENT;
  }
}
