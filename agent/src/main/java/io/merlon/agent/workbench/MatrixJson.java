package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PolicyLookup.Answer;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A matrix as JSON, one cell a line. There are hundreds of thousands of cells, but few names, ports
 * and answers: each is written once and then copied. Ends and ports are known by identity: they are
 * the matrix's own, and hashing one would cost more than all else.
 */
final class MatrixJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] COMMA = {','};
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private final IdentityHashMap<End, byte[]> sources = new IdentityHashMap<>();
  private final IdentityHashMap<End, byte[]> destinations = new IdentityHashMap<>();
  private final IdentityHashMap<PortSpec, byte[]> ports4 = new IdentityHashMap<>();
  private final IdentityHashMap<PortSpec, byte[]> ports6 = new IdentityHashMap<>();
  private final Map<Answer, byte[]> allowed = new HashMap<>();
  private final Map<Answer, byte[]> denied = new HashMap<>();
  private int used;
  private byte[] separator = {};

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
    cells.put(bytes("{\"cells\":["));
    return cells;
  }

  /** Writes a cell with the verdict that is to be told. */
  void cell(Cell cell, boolean allows) {
    put(separator);
    separator = COMMA;
    put(sources.computeIfAbsent(cell.from(), MatrixJson::source));
    put(destinations.computeIfAbsent(cell.to(), MatrixJson::destination));
    put((cell.v6() ? ports6 : ports4).computeIfAbsent(cell.port(), port -> port(port, cell)));
    put(
        (allows ? allowed : denied)
            .computeIfAbsent(cell.answer(), answer -> answer(answer, allows)));
  }

  private static byte[] source(End end) {
    return bytes("\n{\"from\":" + quoted(end.name()));
  }

  private static byte[] destination(End end) {
    return bytes(",\"to\":" + quoted(end.name()));
  }

  private static byte[] port(PortSpec port, Cell cell) {
    return bytes(
        ",\"family\":\""
            + cell.family()
            + "\",\"port\":"
            + port.port()
            + ",\"protocol\":\""
            + port.protocol()
            + "\"");
  }

  private static byte[] answer(Answer answer, boolean allows) {
    return bytes(
        ",\"verdict\":\""
            + DecisionJson.verdict(allows)
            + "\",\"egress\":"
            + text(answer.egress())
            + ",\"ingress\":"
            + text(answer.ingress())
            + "}");
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
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

  /** After all cells. */
  void problems(List<ManifestProblem> problems) throws IOException {
    put(bytes("\n]"));
    field("problems", json -> Problems.write(json, problems));
  }

  interface Value {
    void write(JsonGenerator json) throws IOException;
  }

  /** A field after the problems. */
  void field(String name, Value value) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      value.write(json);
    }
    put(bytes(",\"" + name + "\":" + text));
  }

  void end() throws IOException {
    put(bytes("}\n"));
    flush();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void put(byte[] piece) {
    try {
      if (piece.length > buffer.length - used) {
        flush();
      }
      if (piece.length > buffer.length) {
        out.write(piece);
        return;
      }
      System.arraycopy(piece, 0, buffer, used, piece.length);
      used += piece.length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }
}
