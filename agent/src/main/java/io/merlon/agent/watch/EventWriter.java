package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.api.ClusterEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * Writes Events (events.k8s.io/v1) about objects. An Event's name follows from what it says, so
 * that it is the same on every node of the cluster: the first one writes it, for the others it is
 * there already.
 */
final class EventWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String GROUP = "apis/events.k8s.io/v1";
  private static final String CONTROLLER = "merlon.io/agent";
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** What the API server takes (ValidateEventCreate, legacy validation of core/v1 too). */
  private static final int LONGEST_NOTE = 1024;

  private static final int LONGEST_INSTANCE = 128;
  private static final int LONGEST_NAME = 230;

  private final ApiConnection connection;
  private final String node;

  EventWriter(ApiConnection connection, String node) {
    this.connection = connection;
    this.node = truncated(node, LONGEST_INSTANCE);
  }

  /** Writes a new one, unless it is there. */
  void create(ObjectProblem problem, Instant at) throws IOException {
    String path = folder(problem.object());
    String body = json(event -> write(event, problem, at));
    int code = connection.send("POST", path, "application/json", body);
    if (code != 201 && code != ApiException.CONFLICT) {
      throw new ApiException("POST " + path, code, "", null);
    }
  }

  /** Says of one that was written that it happened again; if it is gone, it is written anew. */
  void repeat(ObjectProblem problem, int count, Instant at) throws IOException {
    String path = folder(problem.object()) + "/" + name(problem);
    String body =
        json(event -> {
          event.writeObjectFieldStart("series");
          event.writeNumberField("count", count);
          event.writeStringField("lastObservedTime", MICROS.format(at));
          event.writeEndObject();
        });
    int code = connection.send("PATCH", path, "application/merge-patch+json", body);
    if (code == ApiException.NOT_FOUND) {
      create(problem, at);
    } else if (code != 200) {
      throw new ApiException("PATCH " + path, code, "", null);
    }
  }

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private static String json(Body body) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    }
    return text.toString();
  }

  private void write(JsonGenerator event, ObjectProblem problem, Instant at) throws IOException {
    ClusterEvent.Key object = problem.object();
    event.writeStringField("apiVersion", "events.k8s.io/v1");
    event.writeStringField("kind", "Event");
    event.writeObjectFieldStart("metadata");
    event.writeStringField("namespace", namespace(object));
    event.writeStringField("name", name(problem));
    event.writeEndObject();
    event.writeStringField("eventTime", MICROS.format(at));
    event.writeStringField("reportingController", CONTROLLER);
    event.writeStringField("reportingInstance", node);
    event.writeStringField("type", "Warning");
    event.writeStringField("reason", problem.reason());
    event.writeStringField("action", "Enforce");
    event.writeStringField("note", truncated(problem.text(), LONGEST_NOTE));
    event.writeObjectFieldStart("regarding");
    event.writeStringField("apiVersion", apiVersion(object.kind()));
    event.writeStringField("kind", kind(object.kind()));
    if (!object.namespace().isEmpty()) {
      event.writeStringField("namespace", object.namespace());
    }
    event.writeStringField("name", object.name());
    if (!problem.uid().isEmpty()) {
      event.writeStringField("uid", problem.uid());
    }
    event.writeEndObject();
  }

  private static String folder(ClusterEvent.Key object) {
    return GROUP + "/namespaces/" + namespace(object) + "/events";
  }

  /** Where the API server wants Events about objects that are in no namespace. */
  private static String namespace(ClusterEvent.Key object) {
    return object.namespace().isEmpty() ? "default" : object.namespace();
  }

  static String name(ObjectProblem problem) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(problem.toString().getBytes(StandardCharsets.UTF_8));
      String name = truncated(problem.object().name(), LONGEST_NAME);
      return name + "." + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }

  private static String kind(ClusterEvent.Kind kind) {
    return switch (kind) {
      case NAMESPACE -> "Namespace";
      case POD -> "Pod";
      case SERVICE_ACCOUNT -> "ServiceAccount";
      case NODE -> "Node";
      case SERVICE -> "Service";
      case ENDPOINT_SLICE -> "EndpointSlice";
      case NETWORK_POLICY -> "NetworkPolicy";
      case CLUSTER_NETWORK_POLICY -> "ClusterNetworkPolicy";
      case POD_IDENTITY_ASSOCIATION -> "PodIdentityAssociation";
    };
  }

  private static String apiVersion(ClusterEvent.Kind kind) {
    return switch (kind) {
      case NAMESPACE, POD, SERVICE_ACCOUNT, NODE, SERVICE -> "v1";
      case ENDPOINT_SLICE -> "discovery.k8s.io/v1";
      case NETWORK_POLICY -> "networking.k8s.io/v1";
      case CLUSTER_NETWORK_POLICY -> "policy.networking.k8s.io/v1alpha2";
      case POD_IDENTITY_ASSOCIATION -> "eks.services.k8s.aws/v1alpha1";
    };
  }

  private static String truncated(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
