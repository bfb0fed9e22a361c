package io.merlon.agent.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.bpf.EventHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventReaderTest {
  private final LinkedBlockingQueue<Integer> written = new LinkedBlockingQueue<>();
  private final List<Integer> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();

  /** As the kernel's: an event whose handler throws counts as read. */
  private final class Written implements EventReader.Events {
    @Override
    public int poll(EventHandler handler, int most) {
      Integer next = written.poll();
      if (next != null) {
        handler.onEvent(ByteBuffer.allocate(4).putInt(next).flip());
      }
      return next == null ? 0 : 1;
    }

    @Override
    public void close() {}
  }

  /** Does not understand odd numbers, nor its second look. */
  private final class Picky implements EventReader.Sink {
    @Override
    public void accept(ByteBuffer event) {
      int number = event.getInt();
      if (number % 2 != 0) {
        throw new IllegalArgumentException("kind " + number);
      }
      taken.add(number);
    }

    @Override
    public void looked() {
      if (looks.incrementAndGet() == 2) {
        throw new IllegalStateException("look 2");
      }
    }
  }

  @Test
  void anEventThatIsNotUnderstoodEndsNothing() {
    written.addAll(List.of(1, 2, 3, 4, 5, 6));
    try (EventReader reader = EventReader.start(new Written(), new Picky())) {
      Waiting.until("the last one is taken", () -> taken.contains(6));
      Waiting.until("all are read", () -> reader.read() == 6);
      assertEquals(List.of(2, 4, 6), taken);
      assertEquals(3, reader.unreadable());
    }
  }

  /** Where so many events come in a second, how often it looks in the end. */
  private static long looksPerSecond(long events) {
    long wait = EventReader.SHORTEST;
    long looks = 0;
    for (long now = 0; now < 2_000_000_000L; now += wait) {
      wait = EventReader.next(wait, (int) Math.min(4096, events * wait / 1_000_000_000L));
      looks += now >= 1_000_000_000L ? 1 : 0;
    }
    return looks;
  }

  private static void assertLooks(long expected, long events) {
    long looks = looksPerSecond(events);
    assertTrue(Math.abs(looks - expected) <= 1, events + " events: " + looks + " looks");
  }

  @Test
  void itLooksAsOftenAsTheRingNeedsIt() {
    assertLooks(16, 0);
    assertLooks(125, 1_000);
    assertLooks(125, 10_000);
    assertLooks(1000, 1_000_000);
    assertEquals(EventReader.SHORTEST, EventReader.next(EventReader.LONGEST, 1000));
    assertEquals(EventReader.LONG, EventReader.next(EventReader.LONGEST, 100));
    assertEquals(EventReader.LONG, EventReader.next(EventReader.LONGEST, 1));
  }
}
