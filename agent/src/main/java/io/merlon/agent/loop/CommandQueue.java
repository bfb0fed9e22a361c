package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.watch.SyncState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where sources leave what they have to say. It waits for nothing: an idle loop gets the first
 * event at once, a busy one finds all that came meanwhile as one batch. It holds at most one event
 * per object, and no more than its capacity: whoever tells more waits.
 */
public final class CommandQueue {
  private final int capacity;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final Condition taken = lock.newCondition();
  private Map<ClusterEvent.Key, ClusterEvent> cluster = new LinkedHashMap<>();
  private List<LinkEvent> links = new ArrayList<>();
  private List<Consumer<Inside>> looks = new ArrayList<>();
  private @Nullable SyncState synced;
  private boolean stopped;
  private long since;

  /**
   * Makes an empty one.
   *
   * @param nanoTime the clock latencies are measured by
   */
  public CommandQueue(int capacity, LongSupplier nanoTime) {
    this.capacity = capacity;
    this.nanoTime = nanoTime;
  }

  /**
   * Tells a command. After the end it goes nowhere.
   *
   * @throws IllegalStateException if interrupted while there was no room; nothing was told then
   */
  public void put(AgentCommand command) {
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      if (isEmpty()) {
        since = nanoTime.getAsLong();
      }
      switch (command) {
        case AgentCommand.ClusterChanged changed -> {
          for (ClusterEvent event : changed.events()) {
            awaitRoom();
            // The last one told is the last one done.
            cluster.remove(event.key());
            cluster.put(event.key(), event);
          }
        }
        case AgentCommand.LinkChanged(var event) -> {
          awaitRoom();
          links.add(event);
        }
        case AgentCommand.ClusterSynced(var state) -> synced = state;
        case AgentCommand.Look(var visitor) -> looks.add(visitor);
        case AgentCommand.Stop() -> stopped = true;
      }
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() {
    try {
      while (!stopped && cluster.size() + links.size() >= capacity) {
        told.signal();
        taken.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the loop was busy", e);
    }
  }

  /** Takes all there is, after waiting for something for at most so long. */
  public Batch take(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (isEmpty() && left > 0) {
        left = told.awaitNanos(left);
      }
      Batch batch =
          new Batch(
              List.copyOf(cluster.values()),
              Optional.ofNullable(synced),
              links,
              looks,
              stopped,
              since);
      cluster = new LinkedHashMap<>();
      links = new ArrayList<>();
      looks = new ArrayList<>();
      synced = null;
      taken.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private boolean isEmpty() {
    return cluster.isEmpty() && links.isEmpty() && looks.isEmpty() && synced == null && !stopped;
  }
}
