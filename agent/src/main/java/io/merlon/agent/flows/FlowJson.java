package io.merlon.agent.flows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** A flow as one line of JSON. Fields are only ever added within a version. */
public final class FlowJson {
  static final String SCHEMA = "merlon.flow/v1";
  static final JsonFactory JSON = new JsonFactory();

  private FlowJson() {}

  /** One line, without its end. */
  public static String line(Flow flow) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, flow);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static void write(JsonGenerator json, Flow flow) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("id", flow.id());
    json.writeStringField("time", flow.time().toString());
    json.writeStringField("record", flow.ended() ? "end" : "start");
    json.writeStringField("verdict", flow.verdict().outcome().label());
    json.writeStringField("mode", flow.mode());
    json.writeStringField("reason", flow.verdict().reason());
    json.writeStringField("direction", flow.direction());
    json.writeStringField("protocol", flow.protocol());
    end(json, "source", flow.source());
    end(json, "destination", flow.destination());
    json.writeStringField("policy", flow.verdict().policy());
    json.writeStringField("rule", flow.verdict().rule());
    json.writeArrayFieldStart("isolating");
    for (String policy : flow.isolating()) {
      json.writeString(policy);
    }
    json.writeEndArray();
    json.writeStringField("ending", flow.ending().label());
    json.writeStringField("glass", flow.glass());
    json.writeNumberField("packets", flow.amount().packets());
    json.writeNumberField("bytes", flow.amount().bytes());
    json.writeNumberField("suppressed", flow.amount().suppressed());
    json.writeNumberField("reply_packets", flow.amount().replies().packets());
    json.writeNumberField("reply_bytes", flow.amount().replies().bytes());
    json.writeNumberField("duration_ms", flow.lasted().toMillis());
    json.writeEndObject();
  }

  private static void end(JsonGenerator json, String field, FlowEnd end) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("kind", end.kind());
    json.writeStringField("address", end.address().toString());
    json.writeNumberField("port", end.port());
    json.writeStringField("namespace", end.namespace());
    json.writeStringField("name", end.name());
    json.writeStringField("workload", end.workload());
    json.writeStringField("service_account", end.serviceAccount());
    json.writeStringField("iam_role", end.iamRole());
    json.writeStringField("spiffe_id", end.spiffeId());
    json.writeStringField("node", end.node());
    json.writeEndObject();
  }
}
