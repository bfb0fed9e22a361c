package io.merlon.agent.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The page for people: three files, which ask for nothing but what this agent serves. */
final class AgentPage {
  private static final Map<String, Response> FILES =
      Map.of(
          "/", file("page.html", "text/html; charset=utf-8"),
          "/page.css", file("page.css", "text/css; charset=utf-8"),
          "/page.js", file("page.js", "text/javascript; charset=utf-8"));

  private AgentPage() {}

  static boolean has(String path) {
    return FILES.containsKey(path);
  }

  static Response answer(String path) {
    return FILES.getOrDefault(path, Response.text(404, "no such page"));
  }

  private static Response file(String name, String type) {
    try (InputStream in = AgentPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in this module's jar");
      }
      return new Response(200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
