package io.merlon.agent.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The helm of this machine. */
record Helm(Path binary) {
  /** What a run of it said. */
  record Answer(int code, String out, String errors) {}

  /** HELM names it, or it is on the PATH. */
  static Optional<Helm> here() {
    String named = System.getenv("HELM");
    Stream<Path> places =
        named != null
            ? Stream.of(Path.of(named))
            : Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, "helm"));
    return places.filter(Files::isExecutable).map(Helm::new).findFirst();
  }

  /** The same; where there is none, what needs it is not tried, and says so. */
  static Helm needed() {
    Optional<Helm> helm = here();
    if (helm.isEmpty()) {
      System.out.println("nothing was rendered: there is no helm on the PATH, nor HELM");
    }
    assumeTrue(helm.isPresent());
    return helm.orElseThrow();
  }

  Answer template(String... options) {
    return templateOf("merlon", options);
  }

  Answer templateOf(String release, String... options) {
    return run(
        Stream.concat(
                Stream.of("template", release, CHART, "--kube-version=1.34.0"), Stream.of(options))
            .toList());
  }

  Answer lint(String... options) {
    return run(Stream.concat(Stream.of("lint", "--strict", CHART), Stream.of(options)).toList());
  }

  private static final String CHART = "../deploy/chart";

  private Answer run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(arguments);
    try {
      Path errors = Files.createTempFile("merlon-helm", ".err");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      String said = Files.readString(errors);
      Files.delete(errors);
      return new Answer(code, out, said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
