package io.merlon.agent.flows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The latest flows, and those who follow them; for any thread. */
public final class FlowLog implements FlowSink {
  private static final int KEPT = 4096;

  private final Deque<Flow> latest = new ArrayDeque<>();
  private final List<Consumer<List<Flow>>> followers = new CopyOnWriteArrayList<>();

  @Override
  public void accept(List<Flow> flows) {
    synchronized (latest) {
      for (Flow flow : flows) {
        if (latest.size() >= KEPT) {
          latest.removeFirst();
        }
        latest.addLast(flow);
      }
    }
    followers.forEach(follower -> follower.accept(flows));
  }

  /** The latest that pass, the oldest first. */
  public List<Flow> latest(FlowFilter filter) {
    List<Flow> found = new ArrayList<>();
    synchronized (latest) {
      latest.stream().filter(filter::passes).forEach(found::add);
    }
    int from = Math.max(0, found.size() - filter.limit());
    return List.copyOf(found.subList(from, found.size()));
  }

  public Optional<Flow> find(String id) {
    synchronized (latest) {
      return latest.stream().filter(flow -> flow.id().equals(id)).findFirst();
    }
  }

  /** From now on it is told of new flows too; what it returns ends that. */
  public Runnable follow(Consumer<List<Flow>> follower) {
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  /** How many follow. */
  public int followers() {
    return followers.size();
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
