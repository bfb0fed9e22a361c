package io.merlon.agent.serve;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer, or the beginning of one that goes on.
 *
 * @param feed what follows the body, for as long as the client stays; null if nothing does
 */
public record Response(int status, String contentType, String body, @Nullable Feed feed) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";

  /** Has more to say from time to time. */
  public interface Feed {
    /** From now on it says it to the listener, on any thread; what it returns ends that. */
    Runnable to(Listener listener);
  }

  /** A client that stays. */
  public interface Listener {
    /** Takes something, or refuses it while it has not read what came before. */
    boolean take(String text);
  }

  public Response(int status, String contentType, String body) {
    this(status, contentType, body, null);
  }

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
