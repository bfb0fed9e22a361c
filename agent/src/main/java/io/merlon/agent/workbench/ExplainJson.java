package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.explain.Explanation;
import io.merlon.agent.explain.SideAnswer;
import io.merlon.agent.policy.RuleRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Explanations for programs. */
final class ExplainJson {
  private ExplainJson() {}

  static void write(List<Explanation> explanations, Study study, OutputStream sink)
      throws IOException {
    try (JsonGenerator out = new JsonFactory().createGenerator(sink)) {
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      out.useDefaultPrettyPrinter();
      out.writeStartObject();
      out.writeStringField(
          "verdict", DecisionJson.verdict(explanations.stream().allMatch(e -> e.cell().allowed())));
      out.writeArrayFieldStart("explanations");
      for (Explanation explanation : explanations) {
        var cell = explanation.cell();
        out.writeStartObject();
        out.writeStringField("from", cell.from().name());
        out.writeStringField("to", cell.to().name());
        out.writeStringField("family", cell.family());
        out.writeNumberField("port", cell.port().port());
        out.writeStringField("protocol", cell.port().protocol().name());
        out.writeStringField("verdict", DecisionJson.verdict(cell.allowed()));
        side(out, "egress", explanation.egress(), study);
        side(out, "ingress", explanation.ingress(), study);
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeFieldName("problems");
      Problems.write(out, study.problems());
      out.writeEndObject();
    }
    sink.write('\n');
  }

  private static void side(JsonGenerator out, String name, SideAnswer side, Study study)
      throws IOException {
    out.writeObjectFieldStart(name);
    DecisionJson.fields(out, side.decision());
    out.writeStringField("text", Reason.sentence(side.decision().by()));
    Optional<RuleRef> by = side.decision().by().deciding();
    if (by.isPresent()) {
      place(out, by.get(), study);
    }
    if (side.nearest() != null) {
      out.writeObjectFieldStart("nearest");
      DecisionJson.rule(out, side.nearest().rule());
      out.writeStringField("text", Miss.sentence(side.nearest()));
      place(out, side.nearest().rule(), study);
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void place(JsonGenerator out, RuleRef rule, Study study) throws IOException {
    String field = rule.field();
    out.writeStringField("field", field);
    var place = rule.policy().object().flatMap(object -> study.sources().place(object, field));
    if (place.isPresent()) {
      out.writeStringField("file", place.get().file().toString());
      out.writeNumberField("line", place.get().line());
    }
  }
}
