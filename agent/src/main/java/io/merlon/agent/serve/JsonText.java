package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.policy.CompileProblem;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** What all pages of JSON are made of. */
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  /** What stands within an object. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  static String object(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static void strings(JsonGenerator json, String field, List<String> texts) throws IOException {
    json.writeArrayFieldStart(field);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  /** What is wrong with an object of the cluster. */
  static void problems(JsonGenerator json, AgentView view, ClusterEvent.Key object)
      throws IOException {
    json.writeArrayFieldStart("problems");
    for (CompileProblem problem : view.seen().problems()) {
      if (problem.object().equals(object)) {
        json.writeStartObject();
        json.writeStringField("field", problem.field());
        json.writeStringField("reason", problem.reason());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
