package io.merlon.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.serve.Doorkeeper.Admission;
import io.merlon.agent.serve.Request;
import io.merlon.agent.serve.Response;
import io.merlon.agent.watch.TokenReviews.Review;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenDoorTest {
  private final CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger reviewing = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private final TokenDoor door =
      new TokenDoor(
          (token, path) -> {
            asked.add(token + " " + path);
            atOnce.accumulateAndGet(reviewing.incrementAndGet(), Math::max);
            if (token.startsWith("slow")) {
              awaitQuietly(mayGoOn);
            }
            reviewing.decrementAndGet();
            return switch (token) {
              case "prometheus" -> path.equals("/metrics") ? Review.ALLOWED : Review.FORBIDDEN;
              case "broken" -> throw new IOException("the server is away");
              default -> Review.UNKNOWN;
            };
          },
          now::get);

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

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

  @Test
  void strangersDoNotPushOutWhomItLetIn() {
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    for (int i = 0; i < 1000; i++) {
      assertEquals(Admission.UNKNOWN, door.ask("random" + i, "/metrics").join());
    }
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    assertEquals(1, asked.stream().filter("prometheus /metrics"::equals).count());
  }

  @Test
  void whomItLetInIsReviewedAgainHoweverManyStrangersWait() {
    assertEquals(Admission.WELCOME, door.ask("prometheus", "/metrics").join());
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    List<CompletableFuture<Admission>> strangers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      strangers.add(door.ask("slow" + i, "/metrics"));
    }
    assertEquals(
        Admission.WELCOME, door.ask("prometheus", "/metrics").orTimeout(20, SECONDS).join());
    mayGoOn.countDown();
    List<Admission> told = strangers.stream().map(CompletableFuture::join).toList();
    long reviewed = told.stream().filter(Admission.UNKNOWN::equals).count();
    assertTrue(reviewed > 0 && reviewed <= 33, "one is reviewed, 32 wait: " + reviewed);
    assertEquals(1000 - reviewed, told.stream().filter(Admission.UNCERTAIN::equals).count());
    assertTrue(atOnce.get() <= 2, "reviews at a time: " + atOnce);
  }

  @Test
  void whoAsksTwiceAtATimeIsReviewedOnce() {
    CompletableFuture<Admission> first = door.ask("slow", "/metrics");
    CompletableFuture<Admission> second = door.ask("slow", "/metrics");
    mayGoOn.countDown();
    assertEquals(Admission.UNKNOWN, first.join());
    assertEquals(Admission.UNKNOWN, second.join());
    assertEquals(1, asked.size());
  }
}
