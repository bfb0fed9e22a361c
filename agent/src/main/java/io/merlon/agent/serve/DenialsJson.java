package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.observe.PeerDenials;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Who was denied most, and by whom at the other end. */
final class DenialsJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST = 50;

  private DenialsJson() {}

  static String of(PeerDenials.Counted counted) {
    List<Map.Entry<PeerDenials.Key, Long>> top =
        counted.packets().entrySet().stream()
            .sorted(Map.Entry.<PeerDenials.Key, Long>comparingByValue().reversed())
            .limit(MOST)
            .toList();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("denials");
      for (Map.Entry<PeerDenials.Key, Long> denied : top) {
        write(json, denied.getKey(), denied.getValue());
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, PeerDenials.Key key, long packets)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("packets", packets);
    json.writeStringField("namespace", key.workload().namespace());
    json.writeStringField("workload", key.workload().name());
    json.writeStringField("direction", key.direction());
    json.writeStringField("verdict", key.outcome().label());
    json.writeStringField("peer_kind", key.peerKind());
    json.writeStringField("peer_namespace", key.peerNamespace());
    json.writeStringField("peer", key.peer());
    json.writeEndObject();
  }
}
