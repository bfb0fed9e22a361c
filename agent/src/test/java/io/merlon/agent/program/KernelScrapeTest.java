package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.LoopThread;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.metrics.AgentMetrics;
import io.merlon.agent.metrics.KernelFacts;
import io.merlon.agent.metrics.KernelLook;
import io.merlon.agent.metrics.SampleFacts;
import io.merlon.agent.serve.MetricsPages;
import io.merlon.agent.serve.ServedHere;
import io.merlon.agent.serve.StatusClient;
import io.merlon.agent.serve.StatusServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A scrape as Prometheus makes it: by HTTP, through the loop, of what this kernel has counted. */
class KernelScrapeTest {
  private static final int PODS = 110;
  private static final int PEERS = 46;
  private static final int SCRAPES = 25;

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong looking = new AtomicLong();

  @Test
  void tenThousandSeriesTakeLessThanATenthOfASecond() throws Exception {
    try (TalkingPods pods = new TalkingPods(PODS, PEERS, Map.of("counters", 1 << 16));
        MetricsPages pages = new MetricsPages(new AgentMetrics("1"))) {
      for (int pod = 0; pod < PODS; pod++) {
        pods.speaks(pod);
        pods.greetAll();
      }
      assertEquals(PODS * PEERS, pods.datapath().counters().series().size());
      CommandQueue queue = new CommandQueue(16, now::get);
      AgentLoop loop = PaperLoop.over(pods.datapath(), () -> 0);
      LoopThread thread = LoopThread.start(loop, queue);
      KernelLook look = new KernelLook(queue, inside -> seen(inside.datapath()), now::get);
      try (StatusServer server =
          StatusServer.start(
              ServedHere.anyPort(),
              request ->
                  pages.answer(
                      look.facts(), known -> SampleFacts.of(loop, known), request.accept()))) {
        scrapeOften(server);
      } finally {
        assertTrue(thread.stop());
      }
    }
  }

  private KernelFacts seen(Datapath datapath) {
    long begun = System.nanoTime();
    KernelFacts facts = KernelFacts.of(datapath);
    looking.set(System.nanoTime() - begun);
    return facts;
  }

  private void scrapeOften(StatusServer server) throws Exception {
    long best = Long.MAX_VALUE;
    long bestLook = Long.MAX_VALUE;
    for (int i = 0; i < SCRAPES; i++) {
      now.addAndGet(Duration.ofSeconds(2).toNanos()); // so that the kernel is looked at each time
      long begun = System.nanoTime();
      String page = StatusClient.get(server.address(), "/metrics");
      best = Math.min(best, System.nanoTime() - begun);
      bestLook = Math.min(bestLook, looking.get());
      if (i == 0) {
        assertEquals(PODS * PEERS, count(page, "merlon_packets_total{"));
        assertEquals(PODS * PEERS, count(page, "merlon_bytes_total{"));
        assertTrue(page.contains("\nmerlon_kernel_read 1.0\n"), "the kernel was looked at");
      }
    }
    System.out.printf(
        "print: %d series of the kernel scraped in %.1f ms, of which the loop's thread %.1f ms%n",
        2 * PODS * PEERS, best / 1e6, bestLook / 1e6);
    assertTrue(best < 100_000_000, "nanoseconds: " + best);
  }

  private static long count(String page, String beginning) {
    return page.lines().filter(line -> line.startsWith(beginning)).count();
  }
}
