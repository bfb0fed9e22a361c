package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.GlassFolder;
import io.merlon.agent.glass.Scope;
import io.merlon.bpf.BpfException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code merlon break-glass}: denials are reported and not carried out, for a while. */
@Command(
    name = "break-glass",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Report denials on this node instead of carrying them out, for a while. It needs no API"
            + " server, ends by itself, and lasts through restarts of the agent.")
final class BreakGlassSubcommand implements Callable<Integer> {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smh])");

  @Spec private @Nullable CommandSpec spec;

  /** One of them. */
  private static final class Where {
    @Option(names = "--namespace", paramLabel = "NAME", description = "Of a namespace's pods.")
    private @Nullable String namespace;

    @Option(names = "--pod", paramLabel = "NAMESPACE/NAME", description = "Of one pod.")
    private @Nullable String pod;

    @Option(names = "--node", description = "Of all pods of this node.")
    private boolean node;

    Scope scope() {
      if (namespace != null) {
        return new Scope.Namespace(namespace);
      }
      if (pod != null) {
        return new Scope.Pod(Scope.pod(pod));
      }
      if (node) {
        return new Scope.Node();
      }
      throw new IllegalArgumentException("whose glass: --namespace, --pod or --node");
    }
  }

  @ArgGroup(multiplicity = "1")
  private @Nullable Where where;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "15m",
      description = "How long, as 90s, 15m or 2h; a day at most. Default: ${DEFAULT-VALUE}.")
  private String duration = "15m";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; it is logged and told.")
  private @Nullable String reason;

  @Option(names = "--by", paramLabel = "NAME", description = "Who does it; your name if not given.")
  private @Nullable String by;

  @Option(names = "--end", description = "End it now.")
  private boolean end;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec own = Objects.requireNonNull(spec);
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    Path root = given.get(Options.PIN_ROOT);
    if (!Files.isDirectory(root)) {
      own.commandLine().getErr().println("merlon: nothing is enforced here: there is no " + root);
      return 1;
    }
    GlassFolder folder = GlassFolder.below(root);
    PrintWriter out = own.commandLine().getOut();
    try {
      Scope scope = Objects.requireNonNull(where).scope();
      HeldBreak held = new HeldBreak(root, scope);
      if (end) {
        out.println(folder.end(scope) ? "ended: " + scope : "nothing to end: " + scope);
        return told(held.untilEnforced(), "are still suspended, by another break or an annotation");
      }
      Break broken = wanted(scope);
      folder.put(broken);
      out.println("broken until " + broken.until() + ": " + scope);
      return told(held.untilSuspended(broken), "are still enforced: it is not in force there yet");
    } catch (BpfException | UncheckedIOException e) {
      return complain("what came of it is not known: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(own.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Only what the kernel holds is a success. */
  private int told(HeldBreak.Count count, String left) {
    if (count.pods() == 0) {
      return complain("no pod of this node is meant: is the name right?");
    }
    if (count.left() > 0) {
      return complain(count.left() + " of " + count.pods() + " pods " + left);
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(end ? count.pods() + " pods as before" : "in force for " + count.pods() + " pods");
    out.flush();
    return 0;
  }

  private int complain(String what) {
    Objects.requireNonNull(spec).commandLine().getOut().flush();
    Objects.requireNonNull(spec).commandLine().getErr().println("merlon: " + what);
    return 1;
  }

  private Break wanted(Scope scope) {
    Instant until = Instant.now().plus(length()).truncatedTo(ChronoUnit.SECONDS);
    String who = by == null ? System.getProperty("user.name", "unknown") : by;
    if (by == null && who.equals("root")) {
      complain("root is nobody in particular: say who you are by --by");
    }
    return new Break(scope, until, who, reason == null ? "" : reason);
  }

  private Duration length() {
    Matcher written = DURATION.matcher(duration);
    if (!written.matches()) {
      throw new IllegalArgumentException("\"" + duration + "\" is no duration such as 15m");
    }
    long number = Long.parseLong(written.group(1));
    Duration length =
        switch (written.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        };
    if (length.compareTo(Break.LONGEST) > 0) {
      throw new IllegalArgumentException("\"" + duration + "\" is more than a day");
    }
    return length;
  }
}
