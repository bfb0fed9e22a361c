package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.util.List;

/** Problems of manifests as every command's JSON has them. */
final class Problems {
  private Problems() {}

  static void write(JsonGenerator out, List<ManifestProblem> problems) throws IOException {
    out.writeStartArray();
    for (ManifestProblem problem : problems) {
      out.writeStartObject();
      fields(out, problem);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  /** Into an object that has begun. */
  static void fields(JsonGenerator out, ManifestProblem problem) throws IOException {
    out.writeStringField("severity", problem.severity().word());
    out.writeStringField("file", problem.file().toString());
    if (problem.line() > 0) {
      out.writeNumberField("line", problem.line());
    }
    out.writeStringField("object", problem.object());
    out.writeStringField("field", problem.field());
    out.writeStringField("reason", problem.reason());
  }
}
