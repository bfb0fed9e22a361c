package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.serve.Doorkeeper.Admission;
import io.merlon.agent.serve.Request;
import io.merlon.agent.serve.Response;
import io.merlon.agent.watch.TokenReviews.Review;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenDoorTest {
  private final CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final TokenDoor door =
      new TokenDoor(
          (token, path) -> {
            asked.add(token + " " + path);
            return switch (token) {
              case "prometheus" -> path.equals("/metrics") ? Review.ALLOWED : Review.FORBIDDEN;
              case "broken" -> throw new IOException("the server is away");
              default -> Review.UNKNOWN;
            };
          },
          now::get);

  @AfterEach
  void close() {
    door.close();
  }

  private int status(String path, @Nullable String authorization) {
    return door.before(_ -> CompletableFuture.completedFuture(Response.text(200, "")))
        .apply(new Request(path, Map.of(), null, authorization))
        .join()
        .status();
  }

  @Test
  void letsInWhomTheClusterLetsIn() {
    assertEquals(200, status("/metrics", "Bearer prometheus"));
    assertEquals(403, status("/v1/flows", "Bearer prometheus"));
    assertEquals(401, status("/metrics", "Bearer stolen"));
    assertEquals(401, status("/metrics", "Basic prometheus"));
    assertEquals(401, status("/metrics", null));
    assertEquals(503, status("/metrics", "Bearer broken"));
  }

  @Test
  void healthIsAnsweredToEverybody() {
    assertEquals(200, status("/healthz", null));
    assertEquals(200, status("/readyz", null));
    assertEquals(0, asked.size());
  }

  @Test
  void remembersForAMinuteWhatWasSaid() {
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    assertEquals(1, asked.size());
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    assertEquals(2, asked.size());
  }
}
