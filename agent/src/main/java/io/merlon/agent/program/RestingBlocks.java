package io.merlon.agent.program;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that were given up, and are not used again yet. A flow goes on counting to the slot of the
 * decision that allowed it until it is judged again, and a fragment to its datagram's: until the
 * epoch has moved, and the fragments known then are forgotten.
 */
final class RestingBlocks {
  private final long fragmentNanos;
  private final LongSupplier nanos;
  private final Deque<Resting> resting = new ArrayDeque<>();

  /** A block given up; {@code moved} is when the epoch moved after that, null if not yet. */
  private record Resting(SlotBlock block, @Nullable Long moved) {}

  /**
   * Begins with none.
   *
   * @param fragmentNanos how long a fragment is remembered
   */
  RestingBlocks(long fragmentNanos, LongSupplier nanos) {
    this.fragmentNanos = fragmentNanos;
    this.nanos = nanos;
  }

  void add(SlotBlock block) {
    resting.addLast(new Resting(block, null));
  }

  /** One that rests since the epoch was moved last. */
  void addMoved(SlotBlock block) {
    resting.addLast(new Resting(block, nanos.getAsLong()));
  }

  /** Every flow is judged again from now on. */
  void epochMoved() {
    long now = nanos.getAsLong();
    List<Resting> all = new ArrayList<>(resting);
    resting.clear();
    for (Resting block : all) {
      resting.add(block.moved() == null ? new Resting(block.block(), now) : block);
    }
  }

  /** Whether some would be free after the epoch moved. */
  boolean awaitEpoch() {
    return resting.stream().anyMatch(block -> block.moved() == null);
  }

  /** Takes the first that has rested long enough; null if there is none. */
  @Nullable SlotBlock takeRested() {
    Resting first = resting.peekFirst();
    Long moved = first == null ? null : first.moved();
    if (first == null || moved == null || nanos.getAsLong() - moved < fragmentNanos) {
      return null;
    }
    resting.removeFirst();
    return first.block();
  }

  /** Takes those of dead processes, rested or not. */
  List<SlotBlock> takeLost() {
    List<Resting> lost = resting.stream().filter(rest -> rest.block().isLost()).toList();
    resting.removeAll(lost);
    return lost.stream().map(Resting::block).toList();
  }

  List<SlotBlock> blocks() {
    return resting.stream().map(Resting::block).toList();
  }
}
