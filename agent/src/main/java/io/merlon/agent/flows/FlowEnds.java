package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds the flows that have ended since the last look: those whose time-out ended since then. The
 * kernel tells nobody, and keeps an entry until its room is needed; so each is found once, and
 * nothing is remembered of any. What is evicted before its time, and what goes on at the same ends
 * at once, is not found.
 */
final class FlowEnds {
  private final int jiffiesPerSecond;
  private final Config config;
  private final int from;
  private final int to;
  private final List<Group> ended = new ArrayList<>();

  /**
   * Looks at a stretch of time.
   *
   * @param from in jiffies, exclusive
   * @param to in jiffies, inclusive
   */
  FlowEnds(Config config, int jiffiesPerSecond, long from, long to) {
    this.config = config;
    this.jiffiesPerSecond = jiffiesPerSecond;
    this.from = (int) from;
    this.to = (int) to;
  }

  /** Jiffies are compared as the kernel does: by their distance. */
  void add(FlowKey key, Flow flow) {
    int over = flow.last() + config.timeouts().get(flow.state().code());
    if (!flow.revoked() && over - from > 0 && to - over >= 0) {
      ended.add(group(key, flow));
    }
  }

  List<Group> ended() {
    return ended;
  }

  private Group group(FlowKey key, Flow flow) {
    Counter there = flow.openedByPod() ? flow.egress() : flow.ingress();
    Counter back = flow.openedByPod() ? flow.ingress() : flow.egress();
    Group group = new Group(event(key, flow), 0);
    group.last = nanos(flow.last() - flow.created());
    group.packets = there.packets();
    group.bytes = there.bytes();
    group.replies = back;
    group.ended = true;
    return group;
  }

  private long nanos(int jiffies) {
    return Integer.toUnsignedLong(jiffies) * TimeUnit.SECONDS.toNanos(1) / jiffiesPerSecond;
  }

  /** As the kernel would tell of it. */
  private static Event event(FlowKey key, Flow flow) {
    return new Event(
        flow.last(),
        key.ifindex(),
        flow.subject(),
        flow.slot(),
        0,
        key.pod(),
        key.peer(),
        key.podPort(),
        key.peerPort(),
        0,
        0,
        flow.wouldDeny() ? Event.Kind.DENIED : Event.Kind.ALLOWED,
        key.protocol(),
        flow.openedByPod(),
        flow.wouldDeny() ? Mode.AUDIT : Mode.ENFORCE,
        0,
        0);
  }
}
