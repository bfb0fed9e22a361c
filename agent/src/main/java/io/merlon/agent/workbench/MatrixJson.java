package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A matrix as JSON, one cell a line. There are hundreds of thousands of cells, but few names, ports
 * and decisions: each is written once and then copied.
 */
final class MatrixJson {
  private static final JsonFactory JSON = new JsonFactory();

  private final OutputStream out;
  private final Map<Object, byte[]> pieces = new HashMap<>();
  private String separator = "\n";

  private MatrixJson(OutputStream out) {
    this.out = out;
  }

  static void write(Matrix matrix, List<ManifestProblem> problems, OutputStream out)
      throws IOException {
    var cells = begin(out);
    matrix.forEach(cell -> cells.cell(cell, cell.allowed()));
    cells.problems(problems);
    cells.end();
  }

  static MatrixJson begin(OutputStream out) {
    var cells = new MatrixJson(out);
    cells.put("{\"cells\":[");
    return cells;
  }

  /** After all cells. */
  void problems(List<ManifestProblem> problems) throws IOException {
    field("\n]", "problems", json -> Problems.write(json, problems));
  }

  interface Value {
    void write(JsonGenerator json) throws IOException;
  }

  /** A field after the problems. */
  void field(String name, Value value) throws IOException {
    field("", name, value);
  }

  private void field(String before, String name, Value value) throws IOException {
    put(before + ",\"" + name + "\":");
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      value.write(json);
    }
  }

  void end() {
    put("}\n");
  }

  /** Writes a cell with the verdict that is to be told. */
  void cell(Cell cell, boolean allowed) {
    put(separator);
    separator = ",\n";
    put("{\"from\":");
    put(cell.from(), () -> quoted(cell.from().name()));
    put(",\"to\":");
    put(cell.to(), () -> quoted(cell.to().name()));
    put(cell.v6() ? ",\"family\":\"IPv6\"," : ",\"family\":\"IPv4\",");
    put(cell.port(), () -> port(cell.port()));
    put(allowed ? ",\"verdict\":\"allow\"" : ",\"verdict\":\"deny\"");
    put(",\"egress\":");
    put(cell.answer().egress(), () -> text(cell.answer().egress()));
    put(",\"ingress\":");
    put(cell.answer().ingress(), () -> text(cell.answer().ingress()));
    put("}");
  }

  private void put(String constant) {
    put(constant, () -> constant);
  }

  /** Writes what something looks like as JSON, which is found out only once. */
  private void put(Object thing, Supplier<String> text) {
    byte[] piece = pieces.get(thing);
    if (piece == null) {
      piece = text.get().getBytes(StandardCharsets.UTF_8);
      pieces.put(thing, piece);
    }
    try {
      out.write(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static String port(PortSpec port) {
    return "\"port\":" + port.port() + ",\"protocol\":\"" + port.protocol() + '"';
  }

  private static String text(Decision decision) {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      DecisionJson.fields(json, decision);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
