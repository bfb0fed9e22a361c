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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An API server in a process of its own, over TLS and HTTP/2 as real ones are. It prints its
 * address and its certificate's file, and then changes a pod whenever its standard input says
 * {@code churn COUNT PER_SECOND}; each change says when it was made, by the machine's monotonic
 * clock.
 */
final class BenchApiServer {
  private final BenchCluster cluster;
  private final Set<HttpServerResponse> podWatches = ConcurrentHashMap.newKeySet();
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
      String[] words = line.split(" ", -1);
      churn(pods, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      System.out.println("churned");
    }
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
      podWatches.forEach(
          watch -> watch.write("{\"type\":\"MODIFIED\",\"object\":" + event + "}\n"));
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
    if (resource.equals("pods")) {
      response.closeHandler(_ -> podWatches.remove(response));
      podWatches.add(response);
    }
  }

  private void list(String resource, HttpServerRequest request) {
    Objects objects =
        request.getParam("fieldSelector") == null ? cluster.of(resource) : cluster.ownPods();
    int from = Integer.parseInt(request.getParam("continue", "0"));
    int limit = Integer.parseInt(request.getParam("limit"));
    int to = limit == 0 ? objects.count() : Math.min(objects.count(), from + limit);
    var page = new StringBuilder(1 << 22);
    page.append(
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1000\"");
    if (to < objects.count()) {
      page.append(",\"continue\":\"").append(to).append('"');
    }
    page.append("},\"items\":[");
    for (int i = from; i < to; i++) {
      page.append(i == from ? "" : ",").append(objects.text().apply(i));
    }
    var _ = request.response().end(page.append("]}\n").toString());
  }
}
