package io.merlon.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.WantedProgram;
import io.merlon.agent.loop.AgentCommand;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.LoopThread;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.Tally;
import io.merlon.agent.serve.MetricsPages;
import io.merlon.agent.serve.ServedHere;
import io.merlon.agent.serve.StatusClient;
import io.merlon.agent.serve.StatusServer;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scrapes by HTTP of an agent whose loop works, is asked too often, or is stuck. */
class ScrapesTest {
  private static final String SERIES =
      """
      shop
      Deployment
      web
      ingress
      DENIED
      default-deny

      """;

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicLong packets = new AtomicLong(1000);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CommandQueue queue = new CommandQueue(16, now::get);
  private final AgentLoop loop = PaperLoop.make(now::get);
  private final LoopThread thread = LoopThread.start(loop, queue);
  private final KernelLook look = new KernelLook(queue, _ -> seen(), now::get);
  private final MetricsPages pages = new MetricsPages(new AgentMetrics("1"));
  private StatusServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        StatusServer.start(
            ServedHere.anyPort(),
            request ->
                pages.answer(
                    look.facts(), kernel -> SampleFacts.of(loop, kernel), request.accept()));
  }

  @AfterEach
  void close() throws InterruptedException {
    goesOn.countDown();
    server.close();
    pages.close();
    assertTrue(thread.stop());
  }

  private KernelFacts seen() {
    looks.incrementAndGet();
    Tally tally = new Tally(Map.of(SERIES, new Counter(packets.addAndGet(10), 1)), 0, 3);
    return new KernelFacts(
        tally, Map.of(Stat.EVENTS_LOST, 5L), Holding.NOTHING, Capacities.UNLIMITED);
  }

  private String scrape() throws IOException {
    return StatusClient.get(server.address(), "/metrics");
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  /** From now on the loop does nothing, until it goes on. */
  private void stick() throws InterruptedException {
    CountDownLatch stuck = new CountDownLatch(1);
    queue.put(
        new AgentCommand.Look(_ -> {
          stuck.countDown();
          try {
            goesOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }));
    stuck.await();
  }

  @Test
  void whoAsksWithinASecondIsToldTheSame() throws Exception {
    List<Callable<String>> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add(this::scrape);
    }
    try (ExecutorService scrapers = Executors.newFixedThreadPool(16)) {
      for (Future<String> page : scrapers.invokeAll(many)) {
        assertTrue(page.get().contains("workload=\"web\"} 1010.0"), page.get());
      }
    }
    assertEquals(1, looks.get());
    pass(Duration.ofMillis(1001));
    assertTrue(scrape().contains("workload=\"web\"} 1020.0"));
    assertEquals(2, looks.get());
  }

  @Test
  void aLoopThatIsStuckIsToldOfWithoutWhatOnlyItKnows() throws Exception {
    assertTrue(scrape().contains("merlon_kernel_read 1.0\n"));
    stick();
    pass(Duration.ofSeconds(50));
    long begun = System.nanoTime();
    String page = scrape();
    double first = (System.nanoTime() - begun) / 1e9;
    assertTrue(page.contains("merlon_loop_idle_seconds 50.0\n"), page);
    assertTrue(page.contains("merlon_kernel_read 0.0\n"), page);
    for (String counted :
        List.of(
            "merlon_packets_total",
            "merlon_bytes_total",
            "merlon_series_overflow_total",
            "merlon_uncounted_subjects",
            "merlon_events_lost_total{where=\"kernel\"}",
            "merlon_datapath_total",
            "merlon_map_capacity")) {
      assertFalse(page.contains("\n" + counted), counted);
    }
    begun = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertTrue(scrape().contains("merlon_kernel_read 0.0\n"));
    }
    double twenty = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "print: of a stuck loop the first page came after %.2f s, twenty more in %.2f s%n",
        first, twenty);
    assertTrue(first < 2, "seconds: " + first);
    assertTrue(twenty < 2, "nobody waits for it again: " + twenty);
    goesOn.countDown();
    pass(Duration.ofSeconds(2));
    while (!scrape().contains("merlon_kernel_read 1.0\n")) {
      pass(Duration.ofSeconds(2));
    }
    assertTrue(scrape().contains("merlon_series_overflow_total 3.0\n"));
  }

  /** What Prometheus makes of pages as they are written before, while and after it is stuck. */
  @Test
  void theAlertFiresWhileItIsStuckAndNoCounterFalls(@TempDir Path folder) throws Exception {
    Path promtool = WantedProgram.promtool();
    ScrapedSeries series = new ScrapedSeries();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(30));
      series.add(scrape());
    }
    stick();
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofSeconds(30));
      series.add(scrape());
    }
    goesOn.countDown();
    while (!scrape().contains("merlon_kernel_read 1.0\n")) {
      pass(Duration.ofSeconds(2));
    }
    series.add(scrape());
    Path file = folder.resolve("stuck.yaml");
    Files.writeString(file, series.promtoolTest());
    WantedProgram.Run run =
        WantedProgram.run(promtool.toString(), "test", "rules", file.toString());
    assertEquals(0, run.exit(), () -> run.said() + "\n" + series.promtoolTest());
  }
}
