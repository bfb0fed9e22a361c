package io.merlon.agent.flows;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends flows as OpenTelemetry logs, OTLP over HTTP in its JSON encoding. A collector that is slow
 * holds nothing up: what is not taken in time is lost, and counted.
 */
public final class OtlpSink implements FlowSink {
  private static final int UNDER_WAY = 4;

  /** Of these, so many are for batches with denials. */
  private static final int FOR_DENIALS = 1;

  private static final int LONGEST_ANSWER = 1 << 16;
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
    boolean denied = flows.stream().anyMatch(Flow::isDenied);
    if (room.availablePermits() <= (denied ? 0 : FOR_DENIALS) || !room.tryAcquire()) {
      lost.addAndGet(flows.size());
      return;
    }
    CompletableFuture<HttpResponse<String>> answer;
    try {
      answer = send(flows);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var _ =
        answer.whenComplete((response, failure) -> {
          room.release();
          lost.addAndGet(failure == null ? rejected(response, flows.size()) : flows.size());
        });
  }

  private CompletableFuture<HttpResponse<String>> send(List<Flow> flows) {
    HttpRequest request =
        HttpRequest.newBuilder(collector)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(flows)))
            .build();
    return client.sendAsync(
        request,
        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), LONGEST_ANSWER));
  }

  /** How many of so many the collector did not take, as the protocol has it say. */
  private static long rejected(HttpResponse<String> response, int sent) {
    if (response.statusCode() / 100 != 2) {
      return sent;
    }
    try (JsonParser json = FlowJson.JSON.createParser(response.body())) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.FIELD_NAME
            && json.currentName().equals("rejectedLogRecords")) {
          json.nextToken();
          return Math.clamp(Long.parseLong(json.getText()), 0, sent);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // It took them, and does not say more: there are collectors that answer with prose.
    }
    return 0;
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
