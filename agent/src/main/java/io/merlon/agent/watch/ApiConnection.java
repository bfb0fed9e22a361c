package io.merlon.agent.watch;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server. All kinds share one connection (HTTP/2); when it seems to be dead it
 * is dropped with everything on it, and the next request makes a new one.
 */
final class ApiConnection implements AutoCloseable {
  private static final int MOST_OF_A_REASON = 512;
  private static final int UNPACKED_AT_ONCE = 1 << 13;

  private final ApiServer server;
  private final Duration patience;
  private @Nullable Client client;
  private boolean closed;
  private volatile long lastHeard = System.nanoTime();

  /**
   * @param patience how long the server may take to begin an answer
   */
  ApiConnection(ApiServer server, Duration patience) {
    this.server = server;
    this.patience = patience;
  }

  /** A client, and the JDK's beneath it. */
  private record Client(HttpClient http, CapturedClients clients) {
    void close() {
      http.close();
      java.net.http.HttpClient beneath = clients.last();
      if (beneath != null) {
        beneath.shutdownNow();
      }
    }
  }

  /**
   * Gets a path below the server's root.
   *
   * @param silence how long the server may be silent once it has begun to answer
   * @throws ApiException if the answer is not 200
   */
  ResponseStream get(String pathAndQuery, Duration silence) throws IOException {
    return get(pathAndQuery, silence, "identity").stream();
  }

  /**
   * Gets a path as {@link #get} does, packed if the server likes to. Of pods a tenth is left then,
   * and undoing TLS costs more than unpacking does; but what is packed cannot be waited for piece
   * by piece, so it is not for watches.
   */
  InputStream getPacked(String pathAndQuery, Duration silence) throws IOException {
    Answer answer = get(pathAndQuery, silence, "gzip");
    if (!"gzip".equalsIgnoreCase(answer.response().header("Content-Encoding"))) {
      return answer.stream();
    }
    try {
      return new GZIPInputStream(answer.stream(), UNPACKED_AT_ONCE);
    } catch (IOException | RuntimeException failure) {
      answer.stream().close();
      throw failure;
    }
  }

  /** An answer with code 200. */
  private record Answer(HttpResponse<AsyncBody> response, ResponseStream stream) {}

  private Answer get(String pathAndQuery, Duration silence, String encoding) throws IOException {
    HttpClient http = client().http();
    var stream = new ResponseStream(silence, this::heard);
    var request =
        http.newHttpRequestBuilder()
            .uri(server.config().getMasterUrl() + pathAndQuery)
            .setHeader("Accept", "application/json")
            .setHeader("Accept-Encoding", encoding)
            .build();
    HttpResponse<AsyncBody> response = await(send(http, request, stream), pathAndQuery);
    heard();
    stream.attach(response.body());
    if (response.code() != 200) {
      try (stream) {
        throw refused(pathAndQuery, response, stream);
      }
    }
    return new Answer(response, stream);
  }

  /**
   * Sends an object to a path below the server's root.
   *
   * @return the answer's code; its text is of no interest
   */
  int send(String method, String path, String contentType, String body) throws IOException {
    return ask(method, path, contentType, body).code();
  }

  /** What is answered to an object that was sent. */
  record Said(int code, String body) {}

  /** Sends an object to a path below the server's root. */
  Said ask(String method, String path, String contentType, String body) throws IOException {
    HttpClient http = client().http();
    var request =
        http.newHttpRequestBuilder()
            .uri(server.config().getMasterUrl() + path)
            .setHeader("Accept", "application/json")
            .method(method, contentType, body)
            .build();
    try {
      HttpResponse<byte[]> answer = await(http.sendAsync(request, byte[].class), path);
      heard();
      return new Said(answer.code(), new String(answer.body(), StandardCharsets.UTF_8));
    } catch (UncheckedIOException e) {
      throw new IOException("the request cannot be made: " + e.getCause(), e);
    }
  }

  /** What cannot be sent, for want of a token that can be read, is a failure like any other. */
  private static CompletableFuture<HttpResponse<AsyncBody>> send(
      HttpClient http, HttpRequest request, ResponseStream stream) throws IOException {
    try {
      return http.consumeBytes(request, stream);
    } catch (UncheckedIOException e) {
      throw new IOException("the request cannot be made: " + e.getCause(), e);
    }
  }

  private <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, String request)
      throws IOException {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(request + ": " + cause, cause);
    } catch (CancellationException e) {
      throw new IOException(request + ": the connection was dropped", e);
    } catch (TimeoutException e) {
      var _ = answer.whenComplete((late, _) -> discard(late));
      answer.cancel(true);
      throw new ResponseStream.SilentServerException(
          request + ": no answer for " + patience.toMillis() + " ms");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private static void discard(@Nullable HttpResponse<?> late) {
    if (late != null && late.body() instanceof AsyncBody body) {
      body.cancel();
    }
  }

  private static ApiException refused(
      String request, HttpResponse<AsyncBody> response, ResponseStream stream) {
    String reason;
    try {
      reason = new String(stream.readNBytes(MOST_OF_A_REASON), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      reason = "";
    }
    return new ApiException(request, response.code(), reason, retryAfter(response));
  }

  private static @Nullable Duration retryAfter(HttpResponse<?> response) {
    String seconds = response.header("Retry-After");
    try {
      return seconds == null ? null : Duration.ofSeconds(Long.parseLong(seconds.strip()));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private synchronized Client client() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    Client current = client;
    if (current == null) {
      var clients = new CapturedClients();
      current = new Client(clients.newBuilder(server.config()).build(), clients);
      client = current;
    }
    return current;
  }

  private void heard() {
    lastHeard = System.nanoTime();
  }

  /**
   * Drops the connection if nothing at all has come over it for so long: a server that is merely
   * slow with one answer must not be asked for all the others again.
   */
  void renewIfSilent(Duration silence) {
    if (System.nanoTime() - lastHeard >= silence.toNanos()) {
      heard();
      renew();
    }
  }

  /** Drops the connection: whatever else runs on it fails and is asked for again. */
  private synchronized void renew() {
    Client current = client;
    client = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    renew();
  }
}
