package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.serve.FlowClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code merlon flows}: who talks to whom on this node, and what decided it. */
@Command(
    name = "flows",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Show the latest flows of this node's pods.")
final class FlowsSubcommand implements Callable<Integer> {
  private static final Pattern TIME = Pattern.compile("(\\d{1,6})([smh])");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with those that come.")
  private boolean follow;

  @Option(names = "--denied", description = "Only what is denied, or would be in audit mode.")
  private boolean denied;

  @Option(
      names = "--from",
      description = "The source: a namespace, NAMESPACE/POD, NAMESPACE/WORKLOAD or an address.")
  private @Nullable String from;

  @Option(names = "--to", description = "The destination, as --from.")
  private @Nullable String to;

  @Option(names = "--since", description = "No older ones: 30s, 5m, 1h.")
  private @Nullable String since;

  @Option(
      names = {"-o", "--output"},
      description = "text or json, one flow a line.")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() throws IOException {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    FlowClient.read(
        Agents.running(given),
        query(),
        follow,
        line -> {
          out.println(output == OutputFormat.JSON ? line : FlowClient.text(line));
          out.flush();
        });
    return 0;
  }

  private String query() {
    List<String> query = new ArrayList<>();
    if (denied) {
      query.add("verdict=denied");
    }
    if (from != null) {
      query.add("from=" + URLEncoder.encode(from, StandardCharsets.UTF_8));
    }
    if (to != null) {
      query.add("to=" + URLEncoder.encode(to, StandardCharsets.UTF_8));
    }
    if (since != null) {
      query.add("since=" + seconds(since));
    }
    return String.join("&", query);
  }

  private long seconds(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "\"" + text + "\" is no time such as 5m");
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "h" -> number * 3600;
      case "m" -> number * 60;
      default -> number;
    };
  }
}
