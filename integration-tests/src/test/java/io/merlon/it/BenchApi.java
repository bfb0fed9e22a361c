package io.merlon.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The made-up cluster of {@code make bench-watch}, served on a node's own loopback by a process of
 * its own, over TLS and HTTP/2 as real ones are, to a service account as pods have one. Pods are as
 * long as pods are. The property {@code merlon.bench.api} is its class path.
 */
final class BenchApi implements AutoCloseable {
  private static final String MAIN = "io.merlon.agent.watch.bench.BenchApiServer";

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;
  private final Path account;
  private final String port;

  BenchApi(NetworkNamespace namespace, int pods) {
    try {
      process =
          new ProcessBuilder(
                  "nsenter",
                  "--net=/run/netns/" + namespace.name(),
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-cp",
                  System.getProperty("merlon.bench.api", ""),
                  MAIN,
                  String.valueOf(pods))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = process.inputReader(StandardCharsets.UTF_8);
      questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
      String[] address = answer().split(" ", -1);
      port = address[0].substring(address[0].lastIndexOf(':') + 1);
      account = Files.createTempDirectory("merlon-bench");
      Files.writeString(account.resolve("token"), "t");
      Files.copy(Path.of(address[1]), account.resolve("ca.crt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of the service account. */
  Path account() {
    return account;
  }

  /** As the kubelet tells a pod where the server is. */
  Map<String, String> environment() {
    return Map.of("KUBERNETES_SERVICE_HOST", "localhost", "KUBERNETES_SERVICE_PORT", port);
  }

  /**
   * Puts an object.
   *
   * @param name with the namespace
   * @param json in one line; {@code VERSION} becomes its resource version
   */
  void put(String resource, String name, String json) {
    String _ = ask("put " + resource + " " + name + " " + json);
  }

  void delete(String resource, String name) {
    String _ = ask("delete " + resource + " " + name);
  }

  /** The pods of the node that is watched for, as {@code NAMESPACE/NAME}. */
  List<String> own() {
    return List.of(ask("own").replaceFirst(" done$", "").split(" ", -1));
  }

  private synchronized String ask(String question) {
    questions.println(question);
    try {
      return answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the API server ended");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Files.delete(account.resolve("token"));
      Files.delete(account.resolve("ca.crt"));
      Files.delete(account);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
