package io.merlon.agent;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.glass.Boot;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.glass.Glass;
import io.merlon.agent.glass.GlassFolder;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.verify.Verifier;
import io.merlon.agent.verify.VerifyReport;
import io.merlon.agent.verify.VerifySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code merlon verify}: whether the kernel holds what the policies say. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Read the kernel's maps back and compare them with what the policies say.",
      "It asks neither the agent nor its compiler. Exit code 3 says that they differ."
    })
final class VerifySubcommand implements Callable<Integer> {
  private static final int DIFFERENT = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What changes while it is read looks wrong for a moment. */
  private static final int LOOKS = 4;

  private static final long BETWEEN = TimeUnit.SECONDS.toNanos(1);

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    AgentSettings.Node node =
        new AgentSettings.Node(
            given.get(Options.NODE_NAME), given.get(Options.SOURCE), given.get(Options.KUBECONFIG));
    VerifySettings settings =
        new VerifySettings(
            node.name(), given.get(Options.MODE), given.get(Options.METADATA_GUARD), Breaks.NONE);
    VerifyReport report = verify(node, given.get(Options.PIN_ROOT), settings);
    report.found().forEach(out::println);
    if (report.more() > 0) {
      out.println("and " + report.more() + " more");
    }
    out.printf(
        "%d pods, %d verdicts compared: %s%n",
        report.pods(),
        report.asked(),
        report.isSame() ? "the kernel holds what the policies say" : "the kernel differs");
    out.flush();
    return report.isSame() ? 0 : DIFFERENT;
  }

  private static VerifyReport verify(AgentSettings.Node node, Path pins, VerifySettings settings)
      throws IOException {
    try (ClusterOnce cluster = ClusterOnce.read(node, PATIENCE)) {
      int looks = 1;
      VerifyReport report = look(cluster, pins, settings);
      while (!report.isSame() && looks < LOOKS) {
        LockSupport.parkNanos(BETWEEN);
        report = look(cluster, pins, settings);
        looks++;
      }
      return report;
    }
  }

  private static VerifyReport look(ClusterOnce cluster, Path pins, VerifySettings settings) {
    ClusterSnapshot snapshot = cluster.snapshot();
    // A break that ended while no agent ran is over for the kernel, too.
    KernelContent kernel = KernelContent.read(pins).asOf(Boot.second(Instant.now()));
    return Verifier.verify(snapshot, kernel, settings.with(breaks(snapshot, pins)));
  }

  private static Breaks breaks(ClusterSnapshot snapshot, Path pins) {
    Glass glass = new Glass(GlassFolder.below(pins), InstantSource.system());
    List<ClusterEvent> told = new ArrayList<>();
    snapshot.namespaces().forEach(namespace -> told.add(new ClusterEvent.PutNamespace(namespace)));
    snapshot.pods().forEach(pod -> told.add(new ClusterEvent.PutPod(pod)));
    glass.learn(told);
    glass.look();
    return glass.current();
  }
}
