package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.explain.PolicyDiff;
import io.merlon.agent.explain.PolicyDiff.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A difference for programs. */
final class DiffJson {
  private DiffJson() {}

  static void write(PolicyDiff diff, OutputStream sink) throws IOException {
    try (JsonGenerator out = new JsonFactory().createGenerator(sink)) {
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      out.useDefaultPrettyPrinter();
      out.writeStartObject();
      changes(out, "opens", diff.changes().stream().filter(Change::opens).toList());
      changes(out, "closes", diff.changes().stream().filter(change -> !change.opens()).toList());
      names(out, "added", diff.added());
      names(out, "removed", diff.removed());
      out.writeEndObject();
    }
    sink.write('\n');
  }

  private static void changes(JsonGenerator out, String name, List<Change> changes)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Change change : changes) {
      out.writeStartObject();
      out.writeStringField("from", change.from());
      out.writeStringField("to", change.to());
      out.writeStringField("ports", change.ports().toString());
      out.writeNumberField("pairs", change.pairs());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void names(JsonGenerator out, String field, List<String> names)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (String name : names) {
      out.writeString(name);
    }
    out.writeEndArray();
  }
}
