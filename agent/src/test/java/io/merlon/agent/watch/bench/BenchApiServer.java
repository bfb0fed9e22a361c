package io.merlon.agent.watch.bench;

import io.merlon.agent.watch.bench.BenchCluster.Objects;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An API server in a process of its own, over TLS and HTTP/2 as real ones are. It prints its
 * address and its certificate's file, and then does what its standard input says, a line each:
 *
 * <ul>
 *   <li>{@code churn COUNT PER_SECOND} changes pods; each change says when it was made, by the
 *       machine's monotonic clock;
 *   <li>{@code put RESOURCE NAMESPACE/NAME JSON} and {@code delete RESOURCE NAMESPACE/NAME} are for
 *       objects beside the cluster's; the JSON's {@code VERSION} becomes its resource version;
 *   <li>{@code own} asks for the pods of the node that is watched for, {@code NAMESPACE/NAME} each.
 * </ul>
 */
final class BenchApiServer {
  private final BenchCluster cluster;
  private final BenchObjects others = new BenchObjects();
  private final Map<String, Set<HttpServerResponse>> watches = new ConcurrentHashMap<>();
  private final AtomicLong version = new AtomicLong(1_000);

  private BenchApiServer(int pods) {
    cluster = new BenchCluster(pods);
  }

  public static void main(String[] args) throws Exception {
    int pods = Integer.parseInt(args[0]);
    var server = new BenchApiServer(pods);
    var certificate = SelfSignedCertificate.create("localhost");
    HttpServer http =
        Vertx.vertx()
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("localhost")
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setCompressionSupported(true)
                    .setCompressionLevel(1)
                    .setKeyCertOptions(certificate.keyCertOptions()))
            .requestHandler(server::answer)
            .listen(0)
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    System.out.println(
        "https://localhost:" + http.actualPort() + " " + certificate.certificatePath());
    server.obey(pods);
    System.exit(0);
  }

  private void obey(int pods) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 4);
      switch (words[0]) {
        case "churn" -> churn(pods, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        case "put" ->
            tell(words[1], others.put(words[1], words[2], words[3], version.incrementAndGet()));
        case "delete" ->
            tell(words[1], others.delete(words[1], words[2], version.incrementAndGet()));
        case "own" -> System.out.print(String.join(" ", cluster.ownNames()) + " ");
        default -> throw new IllegalArgumentException(line);
      }
      System.out.println("done");
    }
  }

  private void tell(String resource, String event) {
    watches
        .getOrDefault(resource, Set.of())
        .forEach(watch -> {
          var _ = watch.write(event + "\n");
        });
  }

  private void churn(int pods, int count, int perSecond) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      String pod = BenchCluster.pod(i % pods, ",\"merlon.io/sent\":\"" + System.nanoTime() + "\"");
      String now = String.valueOf(version.incrementAndGet());
      String event =
          pod.replace("\"resourceVersion\":\"1000\"", "\"resourceVersion\":\"" + now + "\"");
      tell("pods", "{\"type\":\"MODIFIED\",\"object\":" + event + "}");
    }
  }

  private void answer(HttpServerRequest request) {
    String path = java.util.Objects.requireNonNull(request.path());
    String resource = path.substring(path.lastIndexOf('/') + 1);
    if (path.startsWith("/apis/policy") || path.startsWith("/apis/eks")) {
      request.response().setStatusCode(404).end("404 page not found");
    } else if (request.getParam("watch") != null) {
      watch(resource, request.response());
    } else {
      list(resource, request);
    }
  }

  private void watch(String resource, HttpServerResponse response) {
    response.setChunked(true);
    var _ = response.write("");
    Set<HttpServerResponse> ofKind =
        watches.computeIfAbsent(resource, _ -> ConcurrentHashMap.newKeySet());
    response.closeHandler(_ -> ofKind.remove(response));
    ofKind.add(response);
  }

  private void list(String resource, HttpServerRequest request) {
    boolean own = request.getParam("fieldSelector") != null;
    Objects objects = own ? cluster.ownPods() : cluster.of(resource);
    int from = Integer.parseInt(request.getParam("continue", "0"));
    int limit = Integer.parseInt(request.getParam("limit"));
    int to = limit == 0 ? objects.count() : Math.min(objects.count(), from + limit);
    boolean last = to == objects.count();
    var items = new StringJoiner(",", "\"items\":[", "]}\n");
    for (int i = from; i < to; i++) {
      items.add(objects.text().apply(i));
    }
    if (last) {
      others.of(resource, own).forEach(items::add);
    }
    String more = last ? "" : ",\"continue\":\"" + to + "\"";
    String head = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"";
    var _ = request.response().end(head + version.get() + "\"" + more + "}," + items);
  }
}
