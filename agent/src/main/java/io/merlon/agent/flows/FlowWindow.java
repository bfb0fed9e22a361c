package io.merlon.agent.flows;

import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the events of about a second, of a bounded number of flows; for the reader's thread. An
 * event of a flow that is known costs a hash of its bytes and no memory, whatever the flood.
 *
 * <p>The opener's port plays no part: a client that tries again and again is one flow.
 */
final class FlowWindow {
  private static final int SLOTS = 1 << 13;
  private static final int IFINDEX = 8;
  private static final int SLOT = 16;
  private static final int POD = 24;
  private static final int PEER = 40;
  private static final int POD_PORT = 56;
  private static final int PEER_PORT = 58;
  private static final int SUPPRESSED = 60;
  private static final int LENGTH = 64;
  private static final int KIND = 68;
  private static final int DIRECTION = 71;
  private static final int ALLOWED = 1;
  private static final int TOLD_ONLY = 3;

  private final int most;
  private final int sample;
  private final long seed;
  private final long[] hashes = new long[SLOTS];
  private final @Nullable Group[] groups = new Group[SLOTS];
  private List<Group> filled = new ArrayList<>();
  private long allowed;
  private long jiffies;
  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong sampledOut = new AtomicLong();

  /** What was told of one flow. */
  static final class Group {
    final Event first;
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
   * @param most so many flows are told apart
   * @param sample of so many allowed flows one is told
   * @param seed makes hashes unlike those of other nodes, so that nobody can aim at collisions
   */
  FlowWindow(int most, int sample, long seed) {
    if (most > SLOTS / 2) {
      throw new IllegalArgumentException(most + " flows, at most " + SLOTS / 2);
    }
    this.most = most;
    this.sample = sample;
    this.seed = seed;
  }

  void add(ByteBuffer event, long now) {
    int at = event.position();
    jiffies = event.getLong(at);
    int kind = event.get(at + KIND);
    if (kind == ALLOWED) {
      allowed++;
      if (allowed % sample != 0) {
        sampledOut.incrementAndGet();
        return;
      }
    }
    long hash = hash(event, at);
    int slot = (int) (hash >>> 40) & (SLOTS - 1);
    Group group = groups[slot];
    while (group != null && hashes[slot] != hash) {
      slot = (slot + 1) & (SLOTS - 1);
      group = groups[slot];
    }
    long count = kind == TOLD_ONLY ? 0 : 1;
    long suppressed = Integer.toUnsignedLong(event.getInt(at + SUPPRESSED));
    if (group == null) {
      if (filled.size() >= most) {
        untold.addAndGet(count + suppressed);
        return;
      }
      hashes[slot] = hash;
      group = new Group(Event.CODEC.decode(event.duplicate().order(event.order())), now);
      groups[slot] = group;
      filled.add(group);
    }
    group.last = now;
    group.packets += count;
    group.bytes += count * Integer.toUnsignedLong(event.getInt(at + LENGTH));
    group.suppressed += suppressed;
  }

  private long hash(ByteBuffer event, int at) {
    long hash = mix(seed, event.getLong(at + POD));
    hash = mix(hash, event.getLong(at + POD + 8));
    hash = mix(hash, event.getLong(at + PEER));
    hash = mix(hash, event.getLong(at + PEER + 8));
    boolean egress = event.get(at + DIRECTION) != 0;
    long port = event.getShort(at + (egress ? PEER_PORT : POD_PORT));
    hash = mix(hash, (port << 32) | Integer.toUnsignedLong(event.getInt(at + IFINDEX)));
    // Kind, family, protocol, direction, mode and reason; a suppressed denial is a denial.
    long what = event.getLong(at + KIND) & 0xffff_ffff_ff00L;
    long told = event.get(at + KIND) == ALLOWED ? 1 : 2;
    return mix(mix(hash, what | told), event.getInt(at + SLOT));
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0x9e3779b97f4a7c15L;
    return mixed ^ (mixed >>> 32);
  }

  /** Takes what was added up, and begins anew. */
  List<Group> take() {
    List<Group> taken = filled;
    if (!taken.isEmpty()) {
      filled = new ArrayList<>();
      for (int slot = 0; slot < SLOTS; slot++) {
        groups[slot] = null;
      }
    }
    return taken;
  }

  /** When the last event was made, by the kernel's clock; 0 if there was none. */
  long jiffies() {
    return jiffies;
  }

  /** Packets denied or flows allowed that there was no room to tell of. */
  long untold() {
    return untold.get();
  }

  long sampledOut() {
    return sampledOut.get();
  }
}
