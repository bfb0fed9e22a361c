package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.lab.Outcome;
import io.merlon.agent.lab.Trial;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Prints what packets did, round by round. */
final class LabReport {
  private final boolean json;

  LabReport(boolean json) {
    this.json = json;
  }

  /**
   * What came of a round.
   *
   * @param took until it was enforced
   * @param untried how many cells are of a protocol that is not tried
   */
  record Round(int nodes, Duration took, List<Trial> trials, int untried) {
    Round {
      trials = List.copyOf(trials);
    }

    List<Trial> differences() {
      return trials.stream().filter(trial -> !trial.asExpected()).toList();
    }
  }

  void print(Study study, Matrix matrix, Round round) throws IOException {
    OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
    if (json) {
      json(study, round, out);
    } else {
      var text = new PrintWriter(out, false, StandardCharsets.UTF_8);
      text(matrix, round, text);
      text.flush();
      study.problems().forEach(System.err::println);
    }
    out.flush();
  }

  private static void text(Matrix matrix, Round round, PrintWriter out) {
    Paint paint = Paint.ofTerminal();
    MatrixText.print(matrix, round.trials(), out, paint);
    out.println();
    List<Trial> differences = round.differences();
    for (Trial trial : differences) {
      out.println(paint.bold(line(trial)));
    }
    String tried =
        "%d connections tried on %d nodes, enforced within %d ms: "
            .formatted(round.trials().size(), round.nodes(), round.took().toMillis());
    out.println(
        tried
            + (differences.isEmpty()
                ? paint.good("every packet did what policies say")
                : paint.bad(differences.size() + " did not do what policies say")));
    if (round.untried() > 0) {
      out.println(round.untried() + " of SCTP, which is not tried");
    }
  }

  private static String line(Trial trial) {
    Cell cell = trial.cell();
    return "%s -> %s %s %s: policies say %s, packets: %s"
        .formatted(
            cell.from(),
            cell.to(),
            cell.port(),
            cell.family(),
            DecisionJson.verdict(trial.expected()),
            word(trial.outcome()));
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static void json(Study study, Round round, OutputStream out) throws IOException {
    MatrixJson cells = MatrixJson.begin(out);
    round.trials().forEach(trial -> cells.cell(trial.cell(), trial.outcome().arrived()));
    cells.problems(study.problems());
    cells.field("lab", generator -> measured(generator, round));
    cells.end();
  }

  private static void measured(JsonGenerator json, Round round) throws IOException {
    json.writeStartObject();
    json.writeNumberField("nodes", round.nodes());
    json.writeNumberField("enforcedMillis", round.took().toMillis());
    json.writeNumberField("tried", round.trials().size());
    json.writeNumberField("untried", round.untried());
    json.writeArrayFieldStart("differences");
    for (Trial trial : round.differences()) {
      json.writeStartObject();
      json.writeStringField("from", trial.cell().from().name());
      json.writeStringField("to", trial.cell().to().name());
      json.writeStringField("family", trial.cell().family());
      json.writeNumberField("port", trial.cell().port().port());
      json.writeStringField("protocol", trial.cell().port().protocol().name());
      json.writeStringField("policies", DecisionJson.verdict(trial.expected()));
      json.writeStringField("packets", word(trial.outcome()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
