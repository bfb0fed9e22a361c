package io.merlon.agent.serve;

import java.nio.charset.StandardCharsets;

/** An answer, whole. */
public record Response(int status, String contentType, String body) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";

  public static Response text(int status, String body) {
    return new Response(status, TEXT, body + "\n");
  }

  public static Response json(String body) {
    return new Response(200, JSON, body + "\n");
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
