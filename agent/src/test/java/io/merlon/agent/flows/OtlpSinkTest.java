package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.sun.net.httpserver.HttpServer;
import io.merlon.agent.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Sends to a collector that is an HTTP server of this process. */
class OtlpSinkTest {
  private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> types = new ConcurrentLinkedQueue<>();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer collector;
  private OtlpSink sink;
  private volatile int status = 200;
  private volatile boolean slow;
  private volatile String answer = "";
  private final AtomicInteger answered = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.setExecutor(threads);
    collector.createContext(
        "/v1/logs",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          types.add(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")));
          if (slow) {
            awaitGoOn();
          }
          byte[] says = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, says.length == 0 ? -1 : says.length);
          exchange.getResponseBody().write(says);
          exchange.close();
          answered.incrementAndGet();
        });
    collector.start();
    sink =
        new OtlpSink(
            URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/logs"),
            "node-a");
  }

  private void awaitGoOn() {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    goOn.countDown();
    sink.close();
    collector.stop(0);
    threads.shutdownNow();
  }

  private static @Nullable Object at(@Nullable Object json, Object... path) {
    @Nullable Object at = json;
    for (Object step : path) {
      at =
          step instanceof Integer index
              ? assertInstanceOf(List.class, at).get(index)
              : assertInstanceOf(Map.class, at).get(step);
    }
    return at;
  }

  private static String attribute(@Nullable Object attributes, String key) {
    for (Object attribute : assertInstanceOf(List.class, attributes)) {
      if (key.equals(at(attribute, "key"))) {
        return String.valueOf(at(attribute, "value", "stringValue"));
      }
    }
    return "none";
  }

  @Test
  void flowsAreLogRecordsOfTheNode() {
    sink.accept(List.of(SampleFlow.denied("a1"), SampleFlow.allowed("a2")));
    Waiting.until("the collector is told", () -> !bodies.isEmpty());
    assertEquals("application/json", types.element());
    Object body = new Load(LoadSettings.builder().build()).loadFromString(bodies.element());
    Object node = at(body, "resourceLogs", 0);
    assertEquals("merlon", attribute(at(node, "resource", "attributes"), "service.name"));
    assertEquals("node-a", attribute(at(node, "resource", "attributes"), "k8s.node.name"));
    assertEquals("merlon.flow/v1", at(node, "scopeLogs", 0, "scope", "name"));
    Object denied = at(node, "scopeLogs", 0, "logRecords", 0);
    assertEquals("1767323045000000006", at(denied, "timeUnixNano"));
    assertEquals("WARN", at(denied, "severityText"));
    assertEquals(FlowJson.line(SampleFlow.denied("a1")), at(denied, "body", "stringValue"));
    assertEquals("denied", attribute(at(denied, "attributes"), "merlon.verdict"));
    assertEquals("a1", attribute(at(denied, "attributes"), "merlon.flow.id"));
    assertEquals("443", attribute(at(denied, "attributes"), "destination.port"));
    assertEquals("INFO", at(node, "scopeLogs", 0, "logRecords", 1, "severityText"));
  }

  @Test
  void whatIsRefusedIsLost() {
    status = 503;
    sink.accept(List.of(SampleFlow.denied("a1"), SampleFlow.denied("a2")));
    Waiting.until("the loss is counted", () -> sink.lost() == 2);
  }

  @Test
  void aSlowCollectorHoldsNothingUp() {
    slow = true;
    for (int batch = 0; batch < 10; batch++) {
      sink.accept(List.of(SampleFlow.denied("a" + batch)));
    }
    assertEquals(6, sink.lost());
    goOn.countDown();
    Waiting.until("four batches arrive", () -> bodies.size() == 4);
  }

  @Test
  void aCollectorThatIsAwayCostsWhatItWasToBeTold() {
    collector.stop(0);
    sink.accept(List.of(SampleFlow.denied("a1")));
    Waiting.until("the loss is counted", () -> sink.lost() == 1);
  }

  @Test
  void whatTheCollectorSaysItRejectedIsLost() {
    answer = "{\"partialSuccess\":{\"rejectedLogRecords\":\"2\",\"errorMessage\":\"too old\"}}";
    sink.accept(List.of(SampleFlow.denied("a1"), SampleFlow.denied("a2"), SampleFlow.denied("a3")));
    Waiting.until("the loss is counted", () -> sink.lost() == 2);
    answer = "{\"partialSuccess\":{\"rejectedLogRecords\":1}}";
    sink.accept(List.of(SampleFlow.denied("a4"), SampleFlow.denied("a5")));
    Waiting.until("the loss is counted", () -> sink.lost() == 3);
  }

  @Test
  void anAnswerInProseIsNoLoss() {
    answer = "thank you";
    sink.accept(List.of(SampleFlow.denied("a1")));
    Waiting.until("the first one is answered", () -> answered.get() == 1);
    answer = "{\"partialSuccess\":{\"rejectedLogRecords\":1}}";
    sink.accept(List.of(SampleFlow.denied("a2")));
    Waiting.until("the loss is counted", () -> sink.lost() > 0);
    assertEquals(1, sink.lost());
  }

  /** Each of them used to take the room of one batch for good. */
  @Test
  void whatCannotBeSentAtAllIsLostAndNothingElse() {
    List<Flow> broken =
        new AbstractList<>() {
          @Override
          public Flow get(int index) {
            throw new IllegalStateException("flow " + index);
          }

          @Override
          public int size() {
            return 2;
          }

          @Override
          public Stream<Flow> stream() {
            return Stream.of(SampleFlow.denied("b1"), SampleFlow.denied("b2"));
          }
        };
    for (int i = 0; i < 5; i++) {
      sink.accept(broken);
    }
    assertEquals(10, sink.lost());
    sink.accept(List.of(SampleFlow.denied("a1")));
    Waiting.until("the collector is told", () -> bodies.size() == 1);
    assertEquals(10, sink.lost());
  }

  @Test
  void batchesWithoutDenialsLeaveRoomForOneWith() {
    slow = true;
    for (int batch = 0; batch < 10; batch++) {
      sink.accept(List.of(SampleFlow.allowed("a" + batch)));
    }
    assertEquals(7, sink.lost());
    sink.accept(List.of(SampleFlow.denied("d")));
    assertEquals(7, sink.lost());
    goOn.countDown();
    Waiting.until("four batches arrive", () -> bodies.size() == 4);
  }
}
