package io.merlon.agent.watch;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** A real API server, as a test changes and asks it; single quotes stand for double ones. */
final class LiveServer implements AutoCloseable {
  private static final Pattern CA = Pattern.compile("certificate-authority[^:\\n]*: *[^,}\\s]+");
  private static final Duration DEADLINE = Duration.ofMinutes(4);
  private static final int TRIES = 10;

  private final Path kubeconfig;
  private final ApiServer address;
  private final HttpClient http;

  LiveServer(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.address = address();
    this.http = new JdkHttpClientFactory().newBuilder(address.config()).build();
  }

  /**
   * The one that the kubeconfig {@code MERLON_LIVE_SERVER} leads to: not {@code KUBECONFIG}, which
   * names a cluster somebody may live on. Where there is none, the test says so and is not run.
   */
  static LiveServer required(String test) throws IOException {
    Path kubeconfig = Path.of(System.getenv().getOrDefault("MERLON_LIVE_SERVER", ""));
    if (Files.isRegularFile(kubeconfig)) {
      LiveServer named = new LiveServer(kubeconfig);
      // One that has much to do may need a while for an answer.
      for (int i = 0; i < TRIES; i++) {
        if (named.isReady()) {
          return named;
        }
      }
    }
    System.out.println(test + " was not run: MERLON_LIVE_SERVER leads to no API server");
    return Assumptions.abort();
  }

  /** How to reach the same server as somebody else. */
  Path kubeconfigOf(Path folder, String token) throws IOException {
    String ca =
        CA.matcher(Files.readString(kubeconfig)).results().findFirst().orElseThrow().group();
    String server = address.config().getMasterUrl();
    return Files.writeString(
        Files.createTempFile(folder, "kubeconfig", ""),
        """
        apiVersion: v1
        kind: Config
        current-context: it
        contexts: [{name: it, context: {cluster: it, user: it}}]
        clusters: [{name: it, cluster: {server: "%s", %s}}]
        users: [{name: it, user: {token: "%s"}}]
        """
            .formatted(server, ca, token));
  }

  /** Something that may hold of a server that may not answer. */
  interface Condition {
    boolean holds() throws IOException;
  }

  ApiServer address() {
    return ApiServer.of(kubeconfig, null);
  }

  boolean isReady() throws IOException {
    return status("readyz") == 200;
  }

  /** The status a path has; 0 if there is no answer. */
  int status(String path) throws IOException {
    try {
      return send("GET", path, "").join().code();
    } catch (CompletionException e) {
      return 0;
    }
  }

  InputStream get(String path) throws IOException {
    String body = done("GET", path, "").body();
    return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
  }

  /** What came of it. */
  String post(String path, String object) throws IOException {
    return done("POST", path, object).body();
  }

  void patch(String path, String object) throws IOException {
    done("PATCH", path, object);
  }

  void delete(String path) throws IOException {
    int code = send("DELETE", path, "").join().code();
    if (code >= 300 && code != 404) {
      throw new IOException("DELETE " + path + ": " + code);
    }
  }

  private HttpResponse<String> done(String method, String path, String body) throws IOException {
    HttpResponse<String> response = send(method, path, body).join();
    if (response.code() >= 300) {
      throw new IOException(method + " " + path + ": " + response.code() + " " + response.body());
    }
    return response;
  }

  CompletableFuture<HttpResponse<String>> send(String method, String path, String body) {
    String type =
        method.equals("PATCH") ? "application/strategic-merge-patch+json" : "application/json";
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(address.config().getMasterUrl() + path)
            .method(method, type, body.isEmpty() ? null : body.replace('\'', '"'))
            .build();
    return http.sendAsync(request, String.class);
  }

  void await(String what, Condition condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    try {
      while (!holds(condition)) {
        if (System.nanoTime() > end) {
          throw new AssertionError("waited in vain for " + what);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static boolean holds(Condition condition) {
    try {
      return condition.holds();
    } catch (IOException | CompletionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
