package io.merlon.agent.flows;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The latest flows, and those who follow them; for any thread. */
public final class FlowLog implements FlowSink {
  private final Latest latest = new Latest();
  private final List<Following> followers = new CopyOnWriteArrayList<>();
  private final LongSupplier nanoTime;
  private final AtomicLong missed = new AtomicLong();

  public FlowLog() {
    this(System::nanoTime);
  }

  FlowLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void accept(List<Flow> flows) {
    List<Following> now;
    synchronized (latest) {
      latest.add(flows);
      now = List.copyOf(followers);
    }
    now.forEach(follower -> missed.addAndGet(follower.tell(flows)));
  }

  /** Who could not be told of what was missed is told of it as soon as there is time. */
  @Override
  public void idle() {
    followers.forEach(follower -> follower.tell(List.of()));
  }

  /** The latest that pass, the oldest first. */
  public List<Flow> latest(FlowFilter filter) {
    return latest.all(filter::passes, filter.limit());
  }

  public Optional<Flow> find(String id) {
    return latest.any(flow -> flow.id().equals(id));
  }

  /**
   * It is told of the latest that pass and, from then on, of new ones; what it returns ends that.
   */
  public Runnable follow(FlowFilter filter, Follower follower) {
    Following following = new Following(filter, follower, nanoTime);
    // Whoever tells it of new ones waits until the latest are told.
    synchronized (following) {
      List<Flow> found;
      synchronized (latest) {
        found = latest(filter);
        followers.add(following);
      }
      missed.addAndGet(following.tell(found));
    }
    return () -> followers.remove(following);
  }

  /** How many follow. */
  public int followers() {
    return followers.size();
  }

  /** Flows that followers were too slow for, each counted for each of them. */
  public long missed() {
    return missed.get();
  }

  @Override
  public long lost() {
    return 0;
  }

  @Override
  public void close() {
    followers.clear();
  }
}
