package io.merlon.agent.workbench;

import io.merlon.agent.explain.Directory;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.Explainer;
import io.merlon.agent.explain.Explanation;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.explain.Target;
import io.merlon.agent.explain.UnknownEndException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

/** Why a connection is allowed or not. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Why a connection is allowed or denied, by which rule, and what nearly allowed it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon explain --manifests policies/ --from web/frontend --to payments/api --port"
          + " 8080/tcp",
      "  merlon explain --manifests policies/ --from 203.0.113.7 --to svc/payments/api --port 80",
      "  merlon explain --live --from web/frontend --to svc/payments/api --port 80",
      "",
      "Exit codes: 0 allowed, 3 denied (or a backend of the service is), 2 the question makes no"
          + " sense."
    })
public final class ExplainCommand implements Callable<Integer> {
  private static final int DENIED = 3;

  @Spec private @Nullable CommandSpec command;

  @Mixin private Source source = new Source();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "NS/POD|ADDRESS",
      description = "Who opens the connection.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "NS/POD|svc/[NS/]NAME|ADDRESS",
      description = "What it is opened to.")
  private String to = "";

  @Option(
      names = "--port",
      required = true,
      paramLabel = "PORT/PROTOCOL",
      converter = PortConverter.class,
      description = "The destination port, as 8080/tcp.")
  private @Nullable PortSpec port;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Study study = source.study();
    List<Explanation> explanations;
    try {
      explanations = explanations(study);
    } catch (UnknownEndException e) {
      throw new ParameterException(spec().commandLine(), e.getMessage());
    }
    if (json) {
      ExplainJson.write(explanations, study, System.out);
    } else {
      var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
      print(explanations, new ExplainText(out, Paint.ofTerminal(), study.sources()));
      out.flush();
    }
    return explanations.stream().allMatch(e -> e.cell().allowed()) ? 0 : DENIED;
  }

  private List<Explanation> explanations(Study study) {
    var directory = new Directory(study.cluster());
    var explainer = new Explainer(study.cluster(), study.policy());
    End source = directory.end(from);
    String namespace = source.pod() == null ? null : source.pod().namespace();
    List<Explanation> all = new ArrayList<>();
    if (port != null) {
      for (Target target : directory.targets(to, port, namespace)) {
        all.addAll(explainer.explain(source, target.end(), target.port()));
      }
    }
    if (all.isEmpty()) {
      throw new ParameterException(
          spec().commandLine(), from + " and " + to + " have no family of addresses in common");
    }
    return all;
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(command);
  }

  /** Both families at once where they are alike, as they are unless somebody wrote a CIDR. */
  private static void print(List<Explanation> explanations, ExplainText text) {
    for (int i = 0; i < explanations.size(); i++) {
      Explanation one = explanations.get(i);
      boolean both = i + 1 < explanations.size() && alike(one, explanations.get(i + 1));
      text.print(one, both ? "IPv4 and IPv6" : one.cell().family());
      i += both ? 1 : 0;
    }
  }

  private static boolean alike(Explanation one, Explanation other) {
    return one.cell().from().equals(other.cell().from())
        && one.cell().to().equals(other.cell().to())
        && one.cell().port().equals(other.cell().port())
        && one.egress().equals(other.egress())
        && one.ingress().equals(other.ingress());
  }
}
