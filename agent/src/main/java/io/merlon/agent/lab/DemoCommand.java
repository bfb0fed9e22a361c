package io.merlon.agent.lab;

import io.merlon.agent.watch.FolderContents;
import io.merlon.agent.watch.ManifestFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A folder's pods as namespaces, every pair tried with real packets, every verdict explained. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Enforce a folder of manifests on network namespaces, and show the verdicts.")
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--manifests",
      required = true,
      description = "The folder with pods, namespaces and policies.")
  private Path manifests = Path.of("");

  @Option(names = "--inside", hidden = true)
  private boolean inside;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (inside) {
      return play();
    }
    Preflight.check();
    return inNamespace();
  }

  /** The node gets a namespace of its own, so that nothing of this machine's network is touched. */
  private int inNamespace() throws IOException, InterruptedException {
    String node = "merlon-" + ProcessHandle.current().pid();
    Shell.run("ip netns add " + node);
    Thread cleanUp = new Thread(() -> Shell.run("ip netns del " + node));
    Runtime.getRuntime().addShutdownHook(cleanUp);
    Process inside =
        Launcher.in(node, List.of("demo", "--inside", "--manifests", manifests.toString()))
            .inheritIO()
            .start();
    return inside.waitFor();
  }

  private int play() {
    FolderContents folder = ManifestFolder.read(manifests);
    folder.problems().forEach(System.out::println);
    try (Lab lab = Lab.build(folder.snapshot())) {
      return new DemoScript(lab).play() ? 0 : 5;
    }
  }
}
