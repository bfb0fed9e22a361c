package io.merlon.agent.workbench;

import io.merlon.agent.explain.Census;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.identity.Address;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who may reach whom. */
@Command(
    name = "matrix",
    mixinStandardHelpOptions = true,
    description = "Who may reach whom, by the policies of a folder or a cluster.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon matrix --manifests policies/",
      "  merlon matrix --manifests policies/ --ports 80/tcp,53/udp --external 203.0.113.7",
      "  merlon matrix --manifests policies/ --html matrix.html",
      "  merlon matrix --manifests policies/ --json | jq '.cells[] | select(.verdict =="
          + " \"allow\")'",
      "  merlon matrix --live --ports 443/tcp",
      "",
      "Exit codes: 0 answered, 2 the command line or the folder makes no sense."
    })
public final class MatrixCommand implements Callable<Integer> {
  @Mixin private Source source = new Source();

  @Option(
      names = "--ports",
      split = ",",
      paramLabel = "PORT/PROTOCOL",
      converter = PortConverter.class,
      description = "What to ask for: 80/tcp,53/udp. Default: every port a pod declares.")
  private @Nullable List<PortSpec> ports;

  @Option(
      names = "--external",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "An address outside to ask about as well; may be given again.")
  private List<Address> externals = List.of();

  @Option(names = "--json", description = "Print JSON, one cell a line.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with the picture, the matrix and the reasons instead.")
  private @Nullable Path html;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Study study = source.study();
    var matrix =
        new Matrix(
            study.policy(),
            Census.pods(study.cluster()),
            externals.stream().map(End::of).toList(),
            ports == null ? Census.ports(study.cluster().pods()) : ports);
    if (html != null) {
      MatrixPage.write(matrix, study, html);
      study.problems().forEach(System.err::println);
      return 0;
    }
    OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
    if (json) {
      MatrixJson.write(matrix, study.problems(), out);
    } else {
      var text = new PrintWriter(out, false, StandardCharsets.UTF_8);
      MatrixText.print(matrix, text, Paint.ofTerminal());
      text.flush();
      study.problems().forEach(System.err::println);
    }
    out.flush();
    return 0;
  }
}
