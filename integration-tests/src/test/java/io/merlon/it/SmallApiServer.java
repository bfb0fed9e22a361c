package io.merlon.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * As much of an API server as the agent asks for: it lists, it lets itself be watched, and it can
 * be away. It serves the node's own loopback.
 */
final class SmallApiServer implements AutoCloseable {
  private static final int PORT = 6443;
  private static final long WAIT_MILLIS = 200;

  private final NetworkNamespace namespace;
  private final Path kubeconfig;
  private final Map<String, Map<String, String>> objects = new TreeMap<>();
  private final List<Change> history = new ArrayList<>();
  private long version = 1000;
  private @Nullable HttpServer server;

  private record Change(long version, String resource, String event) {}

  SmallApiServer(NetworkNamespace namespace) {
    this.namespace = namespace;
    try {
      this.kubeconfig = Files.createTempFile("kubeconfig", "");
      Files.writeString(
          kubeconfig,
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
          users: [{name: u, user: {token: t}}]
          contexts: [{name: c, context: {cluster: c, user: u}}]
          current-context: c
          """
              .formatted(PORT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** Begins to answer. */
  void come() {
    server =
        namespace.call(() -> {
          HttpServer made =
              HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT), 0);
          made.createContext("/", this::answer);
          made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
          made.start();
          return made;
        });
  }

  /** Ends every answer and gives no more. */
  void go() {
    HttpServer gone = server;
    server = null;
    if (gone != null) {
      gone.stop(0);
    }
  }

  /**
   * Puts an object.
   *
   * @param name with the namespace, if it has one
   * @param body a JSON object without its braces; {@code VERSION} becomes its resource version
   */
  synchronized void put(String resource, String name, String body) {
    version++;
    String object = "{" + body.replace("VERSION", String.valueOf(version)) + "}";
    String before = objects.computeIfAbsent(resource, _ -> new TreeMap<>()).put(name, object);
    tell(resource, before == null ? "ADDED" : "MODIFIED", object);
  }

  synchronized void delete(String resource, String name) {
    version++;
    String before = objects.getOrDefault(resource, Map.of()).remove(name);
    if (before == null) {
      throw new IllegalStateException("no " + resource + " " + name);
    }
    String last =
        before.replaceFirst(
            "\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + version + "\"");
    tell(resource, "DELETED", last);
  }

  private void tell(String resource, String type, String object) {
    history.add(
        new Change(version, resource, "{\"type\":\"%s\",\"object\":%s}\n".formatted(type, object)));
    notifyAll();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      if (path.startsWith("/apis/policy") || path.startsWith("/apis/eks")) {
        exchange.sendResponseHeaders(404, -1);
      } else if (query.contains("watch=true")) {
        watch(exchange, resource(path), parameter(query, "resourceVersion"));
      } else {
        list(exchange, resource(path), query.contains("fieldSelector"));
      }
    }
  }

  private static String resource(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static long parameter(String query, String name) {
    for (String part : query.split("&", -1)) {
      if (part.startsWith(name + "=")) {
        return Long.parseLong(part.substring(name.length() + 1));
      }
    }
    return 0;
  }

  private void list(HttpExchange exchange, String resource, boolean own) throws IOException {
    byte[] body = page(resource, own).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private synchronized String page(String resource, boolean own) {
    Collection<String> all = objects.getOrDefault(resource, Map.of()).values();
    return all.stream()
        .filter(object -> !own || object.contains("\"nodeName\":\"node-a\""))
        .collect(
            Collectors.joining(
                ",",
                "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%d\"},\"items\":["
                    .formatted(version),
                "]}"));
  }

  private void watch(HttpExchange exchange, String resource, long since) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    long told = since;
    try {
      while (server != null) {
        for (Change change : after(told)) {
          if (change.resource.equals(resource)) {
            out.write(change.event.getBytes(StandardCharsets.UTF_8));
            out.flush();
          }
          told = change.version;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What happened after a version, once something has, or after a moment nothing. */
  private synchronized List<Change> after(long told) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    while (version <= told && System.nanoTime() < end) {
      wait(WAIT_MILLIS);
    }
    return history.stream().filter(change -> change.version > told).toList();
  }

  @Override
  public void close() {
    go();
    try {
      Files.delete(kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
