package io.merlon.agent.flows;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends flows as OpenTelemetry logs, OTLP over HTTP in its JSON encoding. A collector that is slow
 * holds nothing up: what is not taken in time is lost, and counted.
 */
public final class OtlpSink implements FlowSink {
  private static final int UNDER_WAY = 4;
  private static final int INFO = 9;
  private static final int WARN = 13;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final URI collector;
  private final String node;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final Semaphore room = new Semaphore(UNDER_WAY);
  private final AtomicLong lost = new AtomicLong();

  /**
   * Connects with the first flows.
   *
   * @param collector where logs are posted, with the path
   */
  public OtlpSink(URI collector, String node) {
    this.collector = collector;
    this.node = node;
  }

  @Override
  public void accept(List<Flow> flows) {
    if (!room.tryAcquire()) {
      lost.addAndGet(flows.size());
      return;
    }
    HttpRequest request =
        HttpRequest.newBuilder(collector)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(flows)))
            .build();
    var _ =
        client
            .sendAsync(request, HttpResponse.BodyHandlers.discarding())
            .whenComplete((response, failure) -> {
              room.release();
              if (failure != null || response.statusCode() / 100 != 2) {
                lost.addAndGet(flows.size());
              }
            });
  }

  String body(List<Flow> flows) {
    StringWriter text = new StringWriter(flows.size() * 600 + 300);
    try (JsonGenerator json = FlowJson.JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("resourceLogs");
      json.writeStartObject();
      json.writeObjectFieldStart("resource");
      json.writeArrayFieldStart("attributes");
      attribute(json, "service.name", "merlon");
      attribute(json, "k8s.node.name", node);
      json.writeEndArray();
      json.writeEndObject();
      json.writeArrayFieldStart("scopeLogs");
      json.writeStartObject();
      json.writeObjectFieldStart("scope");
      json.writeStringField("name", FlowJson.SCHEMA);
      json.writeEndObject();
      json.writeArrayFieldStart("logRecords");
      for (Flow flow : flows) {
        write(json, flow);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Flow flow) throws IOException {
    json.writeStartObject();
    Instant time = flow.time();
    long nanos = TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    json.writeStringField("timeUnixNano", Long.toString(nanos));
    json.writeNumberField("severityNumber", flow.isDenied() ? WARN : INFO);
    json.writeStringField("severityText", flow.isDenied() ? "WARN" : "INFO");
    json.writeObjectFieldStart("body");
    json.writeStringField("stringValue", FlowJson.line(flow));
    json.writeEndObject();
    json.writeArrayFieldStart("attributes");
    attribute(json, "merlon.flow.id", flow.id());
    attribute(json, "merlon.verdict", flow.verdict().outcome().label());
    attribute(json, "merlon.reason", flow.verdict().reason());
    attribute(json, "merlon.policy", flow.verdict().policy());
    attribute(json, "merlon.glass", flow.glass());
    attribute(json, "network.transport", flow.protocol());
    attribute(json, "source.address", flow.source().address().toString());
    attribute(json, "source.workload", flow.source().workload());
    attribute(json, "destination.address", flow.destination().address().toString());
    attribute(json, "destination.port", Integer.toString(flow.destination().port()));
    attribute(json, "destination.workload", flow.destination().workload());
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void attribute(JsonGenerator json, String key, String value) throws IOException {
    json.writeStartObject();
    json.writeStringField("key", key);
    json.writeObjectFieldStart("value");
    json.writeStringField("stringValue", value);
    json.writeEndObject();
    json.writeEndObject();
  }

  @Override
  public long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
