package io.merlon.agent.flows;

import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Adds up the events of about a second, of a bounded number of flows; for the reader's thread. An
 * event of a flow that is known costs a hash of its bytes and no memory, whatever the flood. What
 * is allowed takes no room from what is denied.
 */
final class FlowWindow {
  private static final int LENGTH = 64;
  private static final int KIND = 68;
  private static final int ALLOWED = 1;
  private static final int TOLD_ONLY = 3;

  private final int most;
  private final int sample;
  private final FlowNumbers numbers;
  private List<Group> filled = new ArrayList<>();
  private int denied;
  private long allowed;
  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong sampledOut = new AtomicLong();

  /** What was told of one flow. */
  static final class Group {
    final Event first;

    /** By {@link System#nanoTime}. */
    final long began;

    long last;
    long packets;
    long bytes;
    long suppressed;

    /** What came back; known of a flow that has ended. */
    Counter replies = Counter.ZERO;

    Ending ending = Ending.NONE;

    Group(Event first, long now) {
      this.first = first;
      this.began = now;
      this.last = now;
    }
  }

  /**
   * An empty one.
   *
   * @param most so many flows are told apart that are allowed, and as many that are denied
   * @param sample of so many allowed flows one is told
   * @param seed nobody knows it
   */
  FlowWindow(int most, int sample, long seed) {
    this.most = most;
    this.sample = sample;
    this.numbers = new FlowNumbers(2 * most, seed);
  }

  /**
   * Adds one.
   *
   * @param suppressed of its denial, as far as nobody told of them
   */
  void add(ByteBuffer event, long suppressed, long now) {
    int at = event.position();
    int kind = event.get(at + KIND);
    if (kind == ALLOWED) {
      allowed++;
      if (allowed % sample != 0) {
        sampledOut.incrementAndGet();
        return;
      }
    }
    long count = kind == TOLD_ONLY ? 0 : 1;
    if (count + suppressed == 0) {
      return;
    }
    int number = numbers.find(event);
    if (number == FlowNumbers.NONE && !hasRoom(kind)) {
      untold.addAndGet(count + suppressed);
      return;
    }
    Group group = number == FlowNumbers.NONE ? begin(event, now) : filled.get(number);
    group.last = now;
    group.packets += count;
    group.bytes += count * Integer.toUnsignedLong(event.getInt(at + LENGTH));
    group.suppressed += suppressed;
  }

  private boolean hasRoom(int kind) {
    return (kind == ALLOWED ? filled.size() - denied : denied) < most;
  }

  private Group begin(ByteBuffer event, long now) {
    Group group = new Group(Event.CODEC.decode(event.duplicate().order(event.order())), now);
    numbers.add();
    filled.add(group);
    denied += group.first.kind() == Event.Kind.ALLOWED ? 0 : 1;
    return group;
  }

  /** Takes what was added up, and begins anew. */
  List<Group> take() {
    List<Group> taken = filled;
    if (!taken.isEmpty()) {
      filled = new ArrayList<>();
      denied = 0;
      numbers.clear();
    }
    return taken;
  }

  /** Packets denied or flows allowed that there was no room to tell of. */
  long untold() {
    return untold.get();
  }

  long sampledOut() {
    return sampledOut.get();
  }
}
