package io.merlon.agent.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** What the kernel holds, as one object of JSON. Fields are only ever added within a version. */
public final class KernelJson {
  private static final String SCHEMA = "merlon.dump/v1";

  private final JsonGenerator json;
  private final LongFunction<String> names;

  private KernelJson(JsonGenerator json, LongFunction<String> names) {
    this.json = json;
    this.names = names;
  }

  /**
   * Prints it.
   *
   * @param names what a decision is called that the kernel knows by this number
   * @param flows tells the flows, if they are wanted
   */
  public static void print(
      PrintWriter out,
      KernelContent content,
      LongFunction<String> names,
      Consumer<BiConsumer<FlowKey, Flow>> flows) {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      new KernelJson(json, names).write(content, flows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
  }

  private void write(KernelContent content, Consumer<BiConsumer<FlowKey, Flow>> flows)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeNumberField("epoch", content.epoch());
    json.writeArrayFieldStart("interfaces");
    var interfaces =
        content.interfaces().entrySet().stream()
            .sorted(Comparator.comparingInt(entry -> entry.getKey().ifindex()))
            .toList();
    for (var entry : interfaces) {
      write(entry.getKey(), entry.getValue());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("classes");
    for (var entry : Dumped.members(content).entrySet()) {
      json.writeStartObject();
      json.writeStringField("class", Dumped.className(entry.getKey()));
      texts("members", entry.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    services(content);
    json.writeArrayFieldStart("tables");
    for (var entry : new TreeMap<>(content.tables()).entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("flows");
    flows.accept(this::write);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void texts(String field, Collection<?> values) throws IOException {
    json.writeArrayFieldStart(field);
    for (Object value : values) {
      json.writeString(value.toString());
    }
    json.writeEndArray();
  }

  private void write(HostInterface at, KernelContent.Guarded guarded) throws IOException {
    PodRef pod = guarded.pod();
    Endpoint endpoint = guarded.endpoint();
    json.writeStartObject();
    json.writeNumberField("ifindex", at.ifindex());
    json.writeStringField("name", at.name());
    json.writeStringField("use", guarded.uplink() ? "uplink" : pod == null ? "unknown" : "pod");
    json.writeStringField("namespace", pod == null ? "" : pod.namespace());
    json.writeStringField("pod", pod == null ? "" : pod.name());
    if (endpoint != null) {
      json.writeNumberField("subject", endpoint.subject());
      json.writeStringField("mode", Dumped.lower(endpoint.mode()));
      json.writeNumberField("mode_end", endpoint.end());
      texts("addresses", endpoint.addresses());
    }
    json.writeEndObject();
  }

  private void services(KernelContent content) throws IOException {
    json.writeArrayFieldStart("services");
    for (var entry : new TreeMap<>(content.services()).entrySet()) {
      json.writeStartObject();
      json.writeStringField("address", entry.getKey().address().toString());
      json.writeStringField("protocol", Dumped.lower(entry.getKey().protocol()));
      json.writeNumberField("port", entry.getKey().port());
      switch (entry.getValue()) {
        case ServiceTarget.Mixed() -> json.writeBooleanField("at_backend", true);
        case ServiceTarget.Uniform(int peerClass, int port) -> {
          json.writeBooleanField("at_backend", false);
          json.writeStringField("class", Dumped.className(peerClass));
          json.writeNumberField("target_port", port);
        }
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(int subject, VerdictTable table) throws IOException {
    for (Direction direction : Direction.values()) {
      for (Map.Entry<io.merlon.agent.compile.Row, List<String>> entry :
          Dumped.rows(table, direction).entrySet()) {
        json.writeStartObject();
        json.writeNumberField("subject", subject);
        json.writeStringField("direction", Dumped.lower(direction));
        texts("classes", entry.getValue());
        json.writeArrayFieldStart("verdicts");
        for (Dumped.Run run : Dumped.runs(entry.getKey())) {
          write(run);
        }
        json.writeEndArray();
        json.writeEndObject();
      }
    }
  }

  private void write(Dumped.Run run) throws IOException {
    json.writeStartObject();
    json.writeStringField("protocol", Dumped.lower(run.protocol()));
    if (run.protocol().hasPorts()) {
      json.writeNumberField("first_port", run.first());
      json.writeNumberField("last_port", run.last());
    }
    json.writeStringField("verdict", run.allows() ? "allow" : "deny");
    json.writeStringField("decision", names.apply(run.decision()));
    json.writeEndObject();
  }

  private void write(FlowKey key, Flow flow) {
    try {
      json.writeStartObject();
      json.writeNumberField("ifindex", key.ifindex());
      json.writeStringField("pod", key.pod().toString());
      json.writeNumberField("pod_port", key.podPort());
      json.writeStringField("peer", key.peer().toString());
      json.writeNumberField("peer_port", key.peerPort());
      json.writeNumberField("protocol", key.protocol());
      json.writeStringField("opener", flow.openedByPod() ? "pod" : "peer");
      json.writeStringField("state", Dumped.lower(flow.state()));
      json.writeNumberField("subject", flow.subject());
      counter("in", flow.ingress());
      counter("out", flow.egress());
      json.writeBooleanField("revoked", flow.revoked());
      json.writeBooleanField("would_deny", flow.wouldDeny());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void counter(String way, Counter counter) throws IOException {
    json.writeNumberField(way + "_packets", counter.packets());
    json.writeNumberField(way + "_bytes", counter.bytes());
  }
}
