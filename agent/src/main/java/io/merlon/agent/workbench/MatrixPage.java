package io.merlon.agent.workbench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PolicyLookup.Answer;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.explain.Workload;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A matrix as one page that needs nothing else: the data, and what draws it. */
final class MatrixPage {
  private static final String TEMPLATE = "matrix.html";
  private static final String PLACE = "@DATA@";

  private final List<End> ends;
  private final Map<End, Integer> places = new HashMap<>();
  private final Map<Decision, Integer> decisions = new LinkedHashMap<>();
  private final Map<Answer, Integer> answers = new LinkedHashMap<>();

  /** By port and family, the answers' numbers row by row. */
  private final Map<Key, int[]> tables = new LinkedHashMap<>();

  private record Key(PortSpec port, String family) {}

  private MatrixPage(Matrix matrix) {
    this.ends = new ArrayList<>(matrix.pods());
    ends.addAll(matrix.externals());
    for (End end : ends) {
      places.put(end, places.size());
    }
    matrix.forEach(this::note);
  }

  /** Writes the page of a matrix of a study's cluster. */
  static void write(Matrix matrix, Study study, Path file) throws IOException {
    String json = new MatrixPage(matrix).json(study);
    // Within a script element only this could end it.
    Files.writeString(file, template().replace(PLACE, json.replace("<", "\\u003c")));
  }

  private static String template() throws IOException {
    try (InputStream in = MatrixPage.class.getResourceAsStream(TEMPLATE)) {
      return new String(
          Objects.requireNonNull(in, TEMPLATE).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void note(Cell cell) {
    int[] table =
        tables.computeIfAbsent(
            new Key(cell.port(), cell.family()),
            _ -> {
              int[] none = new int[ends.size() * ends.size()];
              Arrays.fill(none, -1);
              return none;
            });
    number(decisions, cell.answer().egress());
    number(decisions, cell.answer().ingress());
    table[place(cell.from()) * ends.size() + place(cell.to())] = number(answers, cell.answer());
  }

  private int place(End end) {
    return Objects.requireNonNull(places.get(end), end.name());
  }

  private static <T> int number(Map<T, Integer> numbers, T value) {
    Integer known = numbers.putIfAbsent(value, numbers.size());
    return known == null ? numbers.size() - 1 : known;
  }

  private String json(Study study) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      ends(json, study);
      json.writeArrayFieldStart("decisions");
      for (Decision decision : decisions.keySet()) {
        json.writeStartObject();
        json.writeBooleanField("allows", decision.allows());
        json.writeStringField("why", Reason.sentence(decision.by()));
        json.writeEndObject();
      }
      json.writeEndArray();
      answers(json);
      tables(json);
      json.writeArrayFieldStart("problems");
      for (ManifestProblem problem : study.problems()) {
        json.writeString(problem.toString());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  private void ends(JsonGenerator json, Study study) throws IOException {
    Map<PodRef, Pod> pods = new HashMap<>();
    study.cluster().pods().forEach(pod -> pods.put(new PodRef(pod.namespace(), pod.name()), pod));
    json.writeArrayFieldStart("ends");
    for (End end : ends) {
      @Nullable PodRef name = end.pod();
      @Nullable Pod pod = name == null ? null : pods.get(name);
      json.writeStartObject();
      json.writeStringField("name", end.name());
      json.writeStringField("namespace", name == null ? "" : name.namespace());
      json.writeStringField("workload", pod == null ? end.name() : Workload.name(pod));
      json.writeBooleanField("external", name == null);
      json.writeArrayFieldStart("ports");
      for (Pod.ContainerPort port : pod == null ? List.<Pod.ContainerPort>of() : pod.ports()) {
        @Nullable PortSpec declared = PortSpec.parse(port.port() + "/" + port.protocol());
        json.writeString(declared == null ? "" : declared.toString());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void answers(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("answers");
    for (Answer answer : answers.keySet()) {
      json.writeStartArray();
      json.writeNumber(Objects.requireNonNull(decisions.get(answer.egress())));
      json.writeNumber(Objects.requireNonNull(decisions.get(answer.ingress())));
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void tables(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("tables");
    for (var table : tables.entrySet()) {
      json.writeStartObject();
      json.writeStringField("port", table.getKey().port().toString());
      json.writeStringField("family", table.getKey().family());
      json.writeFieldName("cells");
      json.writeArray(table.getValue(), 0, table.getValue().length);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
