package io.merlon.agent.serve;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for.
 *
 * @param query by name; what has no value has ""
 * @param accept the header of that name, null if there was none
 * @param authorization the header of that name, null if there was none
 */
public record Request(
    String path,
    Map<String, String> query,
    @Nullable String accept,
    @Nullable String authorization) {
  public Request {
    query = Map.copyOf(query);
  }

  /**
   * Reads the target of a request.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Request of(String target, @Nullable String accept, @Nullable String authorization) {
    int mark = target.indexOf('?');
    if (mark < 0) {
      return new Request(target, Map.of(), accept, authorization);
    }
    Map<String, String> query = new HashMap<>();
    for (String part : target.substring(mark + 1).split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        String value = equals < 0 ? "" : part.substring(equals + 1);
        query.put(decoded(name), decoded(value));
      }
    }
    return new Request(target.substring(0, mark), query, accept, authorization);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
