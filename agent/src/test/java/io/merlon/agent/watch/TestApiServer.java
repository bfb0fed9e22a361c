package io.merlon.agent.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;

/**
 * An API server as small as can be, over real sockets, that can misbehave in all the ways a real
 * one can. It pages with continue tokens bound to a version, leaves out {@code kind} in list items,
 * streams watches from any version it still has, and forgets versions when told to.
 */
final class TestApiServer implements AutoCloseable {
  private HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<WatchedKind, Resource> resources = new EnumMap<>(WatchedKind.class);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Trouble> troubles = new CopyOnWriteArrayList<>();
  private final Set<WatchedKind> installed = EnumSet.allOf(WatchedKind.class);
  private String token = "";
  private long version = 100;

  TestApiServer() {
    server = serve(0);
    installed.remove(WatchedKind.CLUSTER_NETWORK_POLICIES);
    installed.remove(WatchedKind.POD_IDENTITY_ASSOCIATIONS);
    for (WatchedKind kind : WatchedKind.values()) {
      resources.put(kind, new Resource());
    }
  }

  private HttpServer serve(int port) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      HttpServer opened = HttpServer.create(address, 0);
      opened.setExecutor(threads);
      opened.createContext("/", this::handle);
      opened.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Dies, with every connection, does something, and comes back at the same address. */
  void restart(Runnable meanwhile) {
    stop();
    meanwhile.run();
    resume();
  }

  /** Dies, with every connection. */
  void stop() {
    server.stop(0);
  }

  /** Comes back at the same address. */
  void resume() {
    server = serve(server.getAddress().getPort());
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** The objects of one kind, by namespace and name, and all that happened to them. */
  private static final class Resource {
    final SortedMap<String, Stored> objects = new TreeMap<>();
    final List<Change> changes = new ArrayList<>();
    final Map<String, List<String>> snapshots = new HashMap<>();
    long oldest;
    int drops;
    int watched;
  }

  private record Stored(long version, String json, String node) {}

  private record Change(long version, String event) {}

  /** What happens to a request instead of its answer, for as long as it wants. */
  interface Trouble {
    /** Whether the exchange was dealt with. */
    boolean handle(String request, HttpExchange exchange) throws IOException;
  }

  // What a test does.

  /** Adds or replaces an object; single quotes stand for double ones. */
  synchronized long put(WatchedKind kind, String namespace, String name, String more) {
    return put(kind, namespace, name, "", more);
  }

  synchronized long put(
      WatchedKind kind, String namespace, String name, String moreMeta, String more) {
    long now = ++version;
    String json =
        ("{'metadata':{'name':'"
                + name
                + (namespace.isEmpty() ? "" : "','namespace':'" + namespace)
                + "','resourceVersion':'"
                + now
                + "'"
                + (moreMeta.isEmpty() ? "" : "," + moreMeta)
                + "}"
                + (more.isEmpty() ? "" : "," + more)
                + "}")
            .replace('\'', '"');
    int at = json.indexOf("\"nodeName\":\"");
    String node = at < 0 ? "" : json.substring(at + 12, json.indexOf('"', at + 12));
    Stored before = resource(kind).objects.put(namespace + "/" + name, new Stored(now, json, node));
    send(kind, before == null ? "ADDED" : "MODIFIED", now, json);
    return now;
  }

  synchronized void delete(WatchedKind kind, String namespace, String name) {
    Stored stored = resource(kind).objects.remove(namespace + "/" + name);
    if (stored != null) {
      long now = ++version;
      String last = "\"resourceVersion\":\"" + stored.version + "\"";
      String json = stored.json.replace(last, "\"resourceVersion\":\"" + now + "\"");
      send(kind, "DELETED", now, json);
    }
  }

  /** Sends an event of any content to the kind's watches, now and to later ones. */
  synchronized void send(WatchedKind kind, String type, long at, String object) {
    sendRaw(kind, at, "{\"type\":\"" + type + "\",\"object\":" + object + "}\n");
  }

  synchronized void sendRaw(WatchedKind kind, long at, String text) {
    resource(kind).changes.add(new Change(at, text));
    notifyAll();
  }

  /** What was sent, as it was sent. */
  synchronized String event(WatchedKind kind, int index) {
    return resource(kind).changes.get(index).event;
  }

  /** Sends once more what was sent before, in any order. */
  synchronized void repeat(WatchedKind kind, int... indexes) {
    Resource resource = resource(kind);
    for (int index : indexes) {
      Change change = resource.changes.get(index);
      resource.changes.add(new Change(version, change.event));
    }
    notifyAll();
  }

  /** Sends a few of the latest events once more, in a wrong order. */
  synchronized void repeatSome(WatchedKind kind, Random random) {
    int last = resource(kind).changes.size();
    for (int i = 0; i < 3 && last > 0; i++) {
      repeat(kind, random.nextInt(Math.max(0, last - 6), last));
    }
  }

  /** Kind, name and node or version of every object. */
  synchronized Set<String> names(List<WatchedKind> kinds) {
    var names = new HashSet<String>();
    for (WatchedKind kind : kinds) {
      resource(kind)
          .objects
          .forEach((key, stored) ->
              names.add(
                  kind.kind()
                      + " "
                      + key.substring(key.indexOf('/') + 1)
                      + " "
                      + (kind == WatchedKind.PODS ? stored.node : stored.version)));
    }
    return names;
  }

  synchronized void bookmark(WatchedKind kind) {
    long now = ++version;
    send(kind, "BOOKMARK", now, "{\"metadata\":{\"resourceVersion\":\"" + now + "\"}}");
  }

  /** Ends all watches of a kind. */
  synchronized void dropWatches(WatchedKind kind) {
    resource(kind).drops++;
    notifyAll();
  }

  /** Forgets all versions before now: watches from them are Gone, and so are pages. */
  synchronized void forget(WatchedKind kind) {
    Resource resource = resource(kind);
    resource.oldest = ++version;
    resource.changes.clear();
    resource.snapshots.clear();
    dropWatches(kind);
  }

  /** Does several things with no watch noticing one before the other. */
  synchronized void atOnce(Runnable things) {
    things.run();
  }

  synchronized void install(WatchedKind kind) {
    installed.add(kind);
  }

  synchronized void uninstall(WatchedKind kind) {
    installed.remove(kind);
    dropWatches(kind);
  }

  /** Whether a watch of a kind was ever begun. */
  synchronized boolean isWatched(WatchedKind kind) {
    return resource(kind).watched > 0;
  }

  synchronized void demandToken(String wanted) {
    token = wanted;
  }

  /** Lets the next requests of a kind go wrong, so many times. */
  void trouble(int times, Predicate<String> which, Trouble trouble) {
    troubles.add(
        new Trouble() {
          private final AtomicInteger left = new AtomicInteger(times);

          @Override
          public boolean handle(String request, HttpExchange exchange) throws IOException {
            return which.test(request)
                && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0
                && trouble.handle(request, exchange);
          }
        });
  }

  static Trouble answer(int code, String body, String... headers) {
    return (_, exchange) -> {
      for (int i = 0; i + 1 < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      return true;
    };
  }

  static Predicate<String> lists(WatchedKind kind) {
    return request -> request.startsWith("/" + kind.path() + "?") && !request.contains("watch=");
  }

  static Predicate<String> watches(WatchedKind kind) {
    return request -> request.startsWith("/" + kind.path() + "?") && request.contains("watch=");
  }

  List<String> requests(Predicate<String> which) {
    return requests.stream().filter(which).toList();
  }

  /** A kubeconfig that leads here. */
  ApiServer address(Path folder, String userToken) {
    try {
      Path file = folder.resolve("kubeconfig");
      Files.writeString(file, kubeconfig(userToken));
      return ApiServer.of(file, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String kubeconfig(String userToken) {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: "http://localhost:%d"}}]
    users: [{name: u, user: {token: "%s"}}]
    contexts: [{name: x, context: {cluster: c, user: u}}]
    current-context: x
    """
        .formatted(server.getAddress().getPort(), userToken);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  // How it answers.

  private Resource resource(WatchedKind kind) {
    Resource resource = resources.get(kind);
    if (resource == null) {
      throw new IllegalArgumentException("no " + kind);
    }
    return resource;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestURI().toString();
    requests.add(request);
    try (exchange) {
      for (Trouble trouble : troubles) {
        if (trouble.handle(request, exchange)) {
          return;
        }
      }
      if (!authorized(exchange)) {
        answer(401, "{\"kind\":\"Status\",\"code\":401}").handle(request, exchange);
        return;
      }
      for (WatchedKind kind : WatchedKind.values()) {
        if (serves(kind) && exchange.getRequestURI().getPath().equals("/" + kind.path())) {
          Map<String, String> query = query(exchange);
          if (query.containsKey("watch")) {
            watch(kind, Long.parseLong(query.getOrDefault("resourceVersion", "0")), exchange);
          } else {
            list(kind, query, exchange);
          }
          return;
        }
        if (serves(kind) && request.equals("/" + kind.group())) {
          String names = "{\"resources\":[{\"name\":\"" + kind.resource() + "\"}]}";
          answer(200, names).handle(request, exchange);
          return;
        }
      }
      answer(404, "404 page not found").handle(request, exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean serves(WatchedKind kind) {
    return installed.contains(kind);
  }

  private synchronized boolean authorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return token.isEmpty() || ("Bearer " + token).equals(given);
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new HashMap<String, String>();
    for (String part : exchange.getRequestURI().getRawQuery().split("&", -1)) {
      int equals = part.indexOf('=');
      query.put(
          part.substring(0, equals),
          URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private void list(WatchedKind kind, Map<String, String> query, HttpExchange exchange)
      throws IOException {
    String body = page(kind, query);
    // A real one packs what is long. The agent is not to care which it is.
    boolean packed = body.length() % 2 == 1;
    if (packed && exchange.getRequestHeaders().getFirst("Accept-Encoding").contains("gzip")) {
      exchange.getResponseHeaders().add("Content-Encoding", "gzip");
      exchange.sendResponseHeaders(200, 0);
      try (var out = new GZIPOutputStream(exchange.getResponseBody())) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
      return;
    }
    answer(body.isEmpty() ? 410 : 200, body.isEmpty() ? expired() : body).handle("", exchange);
  }

  /** A page as of the version its token names; empty if that is forgotten. */
  private synchronized String page(WatchedKind kind, Map<String, String> query) {
    Resource resource = resource(kind);
    String[] token = query.getOrDefault("continue", version + "/0").split("/", -1);
    String selector = query.getOrDefault("fieldSelector", "");
    String snapshot = token[0] + selector;
    if (query.containsKey("continue") && !resource.snapshots.containsKey(snapshot)) {
      return "";
    }
    List<String> all =
        resource.snapshots.computeIfAbsent(
            snapshot,
            _ ->
                resource.objects.values().stream()
                    .filter(o -> selector.isEmpty() || selector.equals("spec.nodeName=" + o.node))
                    .map(Stored::json)
                    .toList());
    int from = Integer.parseInt(token[1]);
    int limit = Integer.parseInt(query.getOrDefault("limit", "0"));
    int to = limit == 0 ? all.size() : Math.min(all.size(), from + limit);
    String more = to < all.size() ? ",\"continue\":\"" + token[0] + "/" + to + "\"" : "";
    return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\""
        + token[0]
        + "\""
        + more
        + "},\"items\":["
        + String.join(",", all.subList(from, to))
        + "]}\n";
  }

  static String expired() {
    return "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410,"
        + "\"message\":\"too old\"}";
  }

  private void watch(WatchedKind kind, long from, HttpExchange exchange)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    Resource resource = resource(kind);
    int next = 0;
    int drops;
    synchronized (this) {
      resource.watched++;
      drops = resource.drops;
      if (from < resource.oldest) {
        out.write(
            ("{\"type\":\"ERROR\",\"object\":" + expired() + "}\n")
                .getBytes(StandardCharsets.UTF_8));
        return;
      }
    }
    out.flush();
    while (true) {
      List<Change> news;
      synchronized (this) {
        while (next >= resource.changes.size() && drops == resource.drops) {
          wait();
        }
        if (drops != resource.drops) {
          return;
        }
        news = List.copyOf(resource.changes.subList(next, resource.changes.size()));
        next = resource.changes.size();
      }
      for (Change change : news) {
        if (change.version > from) {
          out.write(change.event.getBytes(StandardCharsets.UTF_8));
        }
      }
      out.flush();
    }
  }
}
