package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Asks the API server whose a token is (TokenReview) and whether they may get a path that is no
 * object's (SubjectAccessReview): what a ClusterRole with {@code nonResourceURLs} grants.
 */
public final class TokenReviews implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String TOKENS = "apis/authentication.k8s.io/v1/tokenreviews";
  private static final String ACCESS = "apis/authorization.k8s.io/v1/subjectaccessreviews";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ApiConnection connection;

  /** What the API server says. */
  public enum Review {
    ALLOWED,
    UNKNOWN,
    FORBIDDEN
  }

  public TokenReviews(ApiServer server) {
    this.connection = new ApiConnection(server, PATIENCE);
  }

  /** Asks both; it takes as long as the server does. */
  public Review review(String token, String path) throws IOException {
    Map<?, ?> reviewed =
        status(
            TOKENS,
            "authentication.k8s.io/v1",
            "TokenReview",
            spec -> spec.writeStringField("token", token));
    if (!Boolean.TRUE.equals(reviewed.get("authenticated"))
        || !(reviewed.get("user") instanceof Map<?, ?> user)) {
      return Review.UNKNOWN;
    }
    Map<?, ?> access =
        status(
            ACCESS,
            "authorization.k8s.io/v1",
            "SubjectAccessReview",
            spec -> {
              spec.writeStringField("user", String.valueOf(user.get("username")));
              spec.writeArrayFieldStart("groups");
              for (Object group :
                  user.get("groups") instanceof Collection<?> all ? all : List.of()) {
                spec.writeString(String.valueOf(group));
              }
              spec.writeEndArray();
              spec.writeObjectFieldStart("nonResourceAttributes");
              spec.writeStringField("path", path);
              spec.writeStringField("verb", "get");
              spec.writeEndObject();
            });
    return Boolean.TRUE.equals(access.get("allowed")) ? Review.ALLOWED : Review.FORBIDDEN;
  }

  private interface Spec {
    void write(JsonGenerator json) throws IOException;
  }

  private Map<?, ?> status(String path, String version, String kind, Spec spec) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("apiVersion", version);
      json.writeStringField("kind", kind);
      json.writeObjectFieldStart("spec");
      spec.write(json);
      json.writeEndObject();
      json.writeEndObject();
    }
    ApiConnection.Said answer = connection.ask("POST", path, "application/json", text.toString());
    if (answer.code() != 201 && answer.code() != 200) {
      throw new ApiException("POST " + path, answer.code(), "", null);
    }
    // JSON is YAML.
    Object read = new Load(LoadSettings.builder().build()).loadFromString(answer.body());
    return read instanceof Map<?, ?> object && object.get("status") instanceof Map<?, ?> status
        ? status
        : Map.of();
  }

  @Override
  public void close() {
    connection.close();
  }
}
