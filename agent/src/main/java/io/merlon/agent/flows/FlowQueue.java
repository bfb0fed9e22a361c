package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be named. The ends of flows, of which a scan makes thousands at once, have room of
 * their own and wait for all else, so that they cost no denial its record.
 */
final class FlowQueue {
  private static final int WAITING = 4;

  private final BlockingQueue<List<Group>> windows = new ArrayBlockingQueue<>(WAITING);
  private final BlockingQueue<List<Group>> ends = new ArrayBlockingQueue<>(WAITING);
  private final Semaphore filled = new Semaphore(0);
  private final AtomicLong dropped = new AtomicLong();

  /** Takes what was told in a window. */
  void addWindow(List<Group> groups) {
    add(windows, groups);
  }

  /** Takes flows that have ended. */
  void addEnds(List<Group> groups) {
    add(ends, groups);
  }

  private void add(BlockingQueue<List<Group>> queue, List<Group> groups) {
    if (groups.isEmpty()) {
      return;
    }
    if (queue.offer(groups)) {
      filled.release();
    } else {
      drop(groups);
    }
  }

  /** What is to be named next; nothing after a second of nothing. */
  Optional<List<Group>> take() throws InterruptedException {
    if (!filled.tryAcquire(1, TimeUnit.SECONDS)) {
      return Optional.empty();
    }
    @Nullable List<Group> window = windows.poll();
    return Optional.ofNullable(window == null ? ends.poll() : window);
  }

  /** Counts what nobody will be told: packets denied, flows that begin or end. */
  void drop(List<Group> groups) {
    dropped.addAndGet(groups.stream().mapToLong(FlowQueue::records).sum());
  }

  private static long records(Group group) {
    return group.ending == Ending.NONE ? group.packets + group.suppressed : 1;
  }

  long dropped() {
    return dropped.get();
  }
}
