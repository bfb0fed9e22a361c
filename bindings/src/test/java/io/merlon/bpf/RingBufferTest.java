package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events from programs; a page holds 56 of the test program's 72 bytes. */
@ExtendWith(LeakCheck.class)
class RingBufferTest {
  private static final byte[] PACKET = new byte[64];
  private static final int FIT = 4096 / 72;
  private static final int ALL = Integer.MAX_VALUE;

  private static void produce(BpfObject object, int events) {
    object.program("produce").testRun(PACKET, events);
  }

  private static long count(BpfObject object, int index) {
    return object.map("counts", Codec.u32(), Codec.u64()).get(index).orElseThrow();
  }

  private static List<Long> drain(RingBuffer ring, int max) {
    List<Long> sequences = new ArrayList<>();
    int handled =
        ring.poll(
            event -> {
              assertEquals(64, event.remaining());
              long sequence = event.getLong();
              while (event.hasRemaining()) {
                assertEquals(sequence, event.getLong());
              }
              sequences.add(sequence);
            },
            max);
    assertEquals(handled, sequences.size());
    return sequences;
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  @Test
  void handsOverEveryEventOnceAndInOrder() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      assertEquals(List.of(), drain(ring, ALL));
      long next = 0;
      // Ends of the buffer fall on every offset within an event.
      for (int round = 0; round < 200; round++) {
        int events = 1 + round % FIT;
        produce(object, events);
        assertEquals(range(next, next + events), drain(ring, ALL));
        next += events;
      }
      assertEquals(0, count(object, 1));
      assertEquals(0, ring.backlog());
    }
  }

  @Test
  void takesAtMostWhatItIsAskedTo() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      produce(object, 10);
      assertEquals(range(0, 3), drain(ring, 3));
      assertEquals(7 * 72, ring.backlog());
      assertEquals(range(3, 10), drain(ring, ALL));
    }
  }

  @Test
  void whatDoesNotFitIsCountedByTheProducer() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      produce(object, 1000);

      List<Long> read = drain(ring, ALL);

      assertEquals(range(0, FIT), read);
      assertEquals(1000 - FIT, count(object, 1));
      produce(object, 1);
      assertEquals(range(FIT, FIT + 1), drain(ring, ALL));
    }
  }

  @Test
  void discardedEventsAreSkipped() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      object.program("discard").testRun(PACKET, 3);
      produce(object, 1);
      object.program("discard").testRun(PACKET, 1);
      assertEquals(range(0, 1), drain(ring, ALL));
      assertEquals(0, ring.backlog());
    }
  }

  @Test
  void aHandlersFailureReachesTheCallerAndCostsOneEvent() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      produce(object, 3);
      assertThrows(
          ArithmeticException.class,
          () ->
              ring.poll(
                  event -> {
                    throw new ArithmeticException();
                  },
                  ALL));
      assertEquals(range(1, 3), drain(ring, ALL));
    }
  }

  @Test
  void waitsUntilAProducerWakesItUp() throws Exception {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      assertFalse(ring.await(Duration.ofMillis(10)));
      CompletableFuture<Boolean> woken =
          CompletableFuture.supplyAsync(() -> ring.await(Duration.ofSeconds(20)));

      SkbContext mark = SkbContext.NONE.withMark(123);
      object.program("produce_and_wake").testRun(new TestRunOptions(PACKET).withContext(mark));

      assertTrue(woken.get());
      List<Long> marks = new ArrayList<>();
      assertEquals(1, ring.poll(event -> marks.add(event.getLong()), ALL));
      assertEquals(List.of(123L), marks);
    }
  }

  @Test
  void drainingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events");
        TestRunner runner = object.program("produce").testRunner(64)) {
      runner.repeat(FIT);
      long[] sum = new long[1];
      EventHandler handler = event -> sum[0] += event.getLong();
      int warm = 0;
      for (int i = 0; i < 3000; i++) {
        runner.run(64);
        ring.await(Duration.ZERO);
        warm += ring.poll(handler, ALL);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      int events = 0;
      for (int i = 0; i < 500; i++) {
        runner.run(64);
        events += ring.poll(handler, ALL);
        ring.await(Duration.ZERO);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(3000 * FIT, warm);
      assertEquals(500 * FIT, events);
      // Interpreted downcalls may box; per event there must be nothing.
      assertTrue(allocated < events, allocated + " bytes for " + events + " events");
    }
  }

  @Test
  void aLargerBufferIsAnEditAndAPinnedOneCanBeOpened() {
    try (TestBpffs bpffs = new TestBpffs()) {
      BpfObjectSpec spec =
          TestObjects.spec("events")
              .mapEntries("events", 1 << 16)
              .pinMap("events", bpffs.path("events"));
      try (BpfObject object = spec.load()) {
        try (RingBuffer ring = RingBuffer.openPinned(bpffs.path("events"))) {
          produce(object, 900);
          assertEquals(range(0, 900), drain(ring, ALL));
        }
      }
      Pins.unpin(bpffs.path("events"));
    }
  }

  @Test
  void otherMapsAreRefused() {
    try (BpfObject object = TestObjects.spec("events").load()) {
      BpfException failure =
          assertThrows(BpfException.class, () -> RingBuffer.of(object, "counts").close());
      assertEquals("map counts is a ARRAY, no ring buffer", failure.getMessage());
    }
  }

  @Test
  void waitsOfAnyLengthAreTaken() {
    try (BpfObject object = TestObjects.spec("events").load();
        RingBuffer ring = RingBuffer.of(object, "events")) {
      assertFalse(ring.await(Duration.ofDays(-1)));
      object.program("produce_and_wake").testRun(PACKET, 1);
      assertTrue(ring.await(Duration.ofDays(365)));
    }
  }

  @Test
  void closedItThrowsAndClosesAgain() {
    try (BpfObject object = TestObjects.spec("events").load()) {
      RingBuffer ring = RingBuffer.of(object, "events");
      produce(object, 1);
      List<ByteBuffer> kept = new ArrayList<>();
      assertEquals(1, ring.poll(kept::add, ALL));
      ring.close();
      ring.close();
      assertThrows(IllegalStateException.class, () -> ring.poll(event -> {}, ALL));
      assertThrows(IllegalStateException.class, () -> ring.await(Duration.ZERO));
      assertThrows(IllegalStateException.class, ring::backlog);
      assertThrows(IllegalStateException.class, () -> kept.getFirst().get(0));
    }
  }

  @Test
  void closingUnderItsReaderEndsTheReader() throws Exception {
    try (BpfObject object = TestObjects.spec("events").load()) {
      RingBuffer ring = RingBuffer.of(object, "events");
      CompletableFuture<Integer> reader =
          CompletableFuture.supplyAsync(() -> {
            int polls = 0;
            try {
              while (true) {
                ring.poll(event -> {}, ALL);
                polls++;
              }
            } catch (IllegalStateException closed) {
              return polls;
            }
          });
      object.program("produce_and_wake").testRun(PACKET, 1);
      ring.close();
      assertTrue(reader.get() >= 0);
    }
  }
}
