package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.explain.Risk;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Findings in the formats of continuous integration. */
final class CheckReports {
  private static final String SARIF = "https://json.schemastore.org/sarif-2.1.0.json";

  private CheckReports() {}

  private static JsonGenerator generator(PrintWriter out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.useDefaultPrettyPrinter();
    return json;
  }

  static void json(List<Finding> findings, PrintWriter out) throws IOException {
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      json.writeArrayFieldStart("findings");
      for (Finding finding : findings) {
        json.writeStartObject();
        json.writeStringField("rule", finding.rule());
        Problems.fields(json, finding.problem());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.println();
  }

  /** Static Analysis Results Interchange Format 2.1.0, as code hosts show it beside the lines. */
  static void sarif(List<Finding> findings, PrintWriter out) throws IOException {
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      json.writeStringField("$schema", SARIF);
      json.writeStringField("version", "2.1.0");
      json.writeArrayFieldStart("runs");
      json.writeStartObject();
      json.writeObjectFieldStart("tool");
      json.writeObjectFieldStart("driver");
      json.writeStringField("name", "merlon");
      json.writeArrayFieldStart("rules");
      rule(json, Finding.INVALID, "Something that is not valid, or not as it may be meant.");
      for (Risk risk : Risk.values()) {
        rule(json, risk.id(), risk.text());
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
      json.writeArrayFieldStart("results");
      for (Finding finding : findings) {
        result(json, finding);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    }
    out.println();
  }

  private static void rule(JsonGenerator json, String id, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", id);
    message(json, "shortDescription", text);
    json.writeEndObject();
  }

  private static void message(JsonGenerator json, String field, String text) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("text", text);
    json.writeEndObject();
  }

  private static void result(JsonGenerator json, Finding finding) throws IOException {
    ManifestProblem problem = finding.problem();
    json.writeStartObject();
    json.writeStringField("ruleId", finding.rule());
    json.writeStringField("level", problem.severity().word());
    message(json, "message", text(problem));
    json.writeArrayFieldStart("locations");
    json.writeStartObject();
    json.writeObjectFieldStart("physicalLocation");
    json.writeObjectFieldStart("artifactLocation");
    json.writeStringField("uri", problem.file().toString());
    json.writeEndObject();
    if (problem.line() > 0) {
      json.writeObjectFieldStart("region");
      json.writeNumberField("startLine", problem.line());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static String text(ManifestProblem problem) {
    String field = problem.field().isEmpty() ? "" : problem.field() + ": ";
    String object = problem.object().isEmpty() ? "" : problem.object() + ": ";
    return object + field + problem.reason();
  }

  /** A test suite in which every finding is a failure. */
  static void junit(List<Finding> findings, PrintWriter out) {
    out.println("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    out.println(
        "<testsuite name=\"merlon check\" tests=\""
            + findings.size()
            + "\" failures=\""
            + findings.size()
            + "\">");
    for (Finding finding : findings) {
      ManifestProblem problem = finding.problem();
      out.println(
          "  <testcase classname=\""
              + xml(finding.rule())
              + "\" name=\""
              + xml(problem.object().isEmpty() ? problem.file().toString() : problem.object())
              + "\">");
      out.println(
          "    <failure type=\""
              + problem.severity().word()
              + "\" message=\""
              + xml(text(problem))
              + "\">"
              + xml(finding.toString())
              + "</failure>");
      out.println("  </testcase>");
    }
    out.println("</testsuite>");
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
