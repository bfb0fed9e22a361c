package io.merlon.agent.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Asks a running agent for its status, with no more machinery than three small answers need. */
public final class StatusClient {
  private static final int PATIENCE_MILLIS = 5000;

  private StatusClient() {}

  public static StatusReport ask(AgentAddress at) throws IOException {
    return new StatusReport(get(at, "/v1/status"), get(at, "/v1/pods"), get(at, "/v1/policies"));
  }

  public static StatusReport ask(InetSocketAddress at) throws IOException {
    return ask(new AgentAddress.Http(at));
  }

  /** Whether an agent answers there. */
  public static boolean answers(AgentAddress at) {
    try {
      return get(at, "/v1/status").startsWith("{\"node\":");
    } catch (IOException e) {
      return false;
    }
  }

  public static String get(InetSocketAddress at, String path) throws IOException {
    return get(new AgentAddress.Http(at), path);
  }

  /** The body of a page. */
  public static String get(AgentAddress at, String path) throws IOException {
    try (AgentAddress.Connection connection = at.connect(PATIENCE_MILLIS)) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      connection.out().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(connection.in().readAllBytes(), StandardCharsets.UTF_8);
      int body = answer.indexOf("\r\n\r\n");
      if (body < 0 || !answer.startsWith("HTTP/1.1 200 ")) {
        throw new IOException(path + ": " + answer.lines().findFirst().orElse("no answer"));
      }
      return answer.substring(body + 4).strip();
    }
  }
}
