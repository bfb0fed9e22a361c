package io.merlon.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The API server by {@code kubectl proxy}: for more requests than kubectl likes to make, and for
 * requests whose moment counts, without a process to start before.
 */
record ApiProxy(Process process, int port) implements AutoCloseable {
  static ApiProxy start() {
    try {
      Process process =
          new ProcessBuilder("kubectl", "proxy", "--port=0").redirectErrorStream(true).start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = String.valueOf(out.readLine()).strip();
      return new ApiProxy(process, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String create(String path, String json) {
    return ask("POST", path, "application/json", json);
  }

  /** Changes what the patch names, and nothing else. */
  void patch(String path, String json) {
    ask("PATCH", path, "application/merge-patch+json", json);
  }

  private String ask(String method, String path, String type, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(method, path, type, body.length);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((head + json).getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 2")) {
        throw new IllegalStateException(method + " " + path + ": " + answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
