package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One look at the kernel's flows: finds those that have ended since the look before. The kernel
 * tells nobody, and keeps an entry until its room is needed, so most are found by their time-out,
 * which ended since then. What is gone without that was seen by the look before, if there was room
 * to remember it.
 */
final class FlowEnds {
  /** So many living flows are remembered from look to look, at some 250 bytes each. */
  private static final int REMEMBERED = 8192;

  private final int jiffiesPerSecond;
  private final Config config;
  private final int from;
  private final int to;
  private final Map<FlowKey, Flow> before;
  private final Map<FlowKey, Flow> living = new HashMap<>();
  private final List<Group> ended = new ArrayList<>();
  private long livingV4;
  private long livingV6;

  /**
   * Looks at a stretch of time.
   *
   * @param from in jiffies, exclusive
   * @param to in jiffies, inclusive
   * @param before what lived at the look before, as far as it was remembered; is used up
   */
  FlowEnds(Config config, int jiffiesPerSecond, long from, long to, Map<FlowKey, Flow> before) {
    this.config = config;
    this.jiffiesPerSecond = jiffiesPerSecond;
    this.from = (int) from;
    this.to = (int) to;
    this.before = before;
  }

  /** Jiffies are compared as the kernel does: by their distance. */
  void add(FlowKey key, Flow flow) {
    Flow was = before.remove(key);
    if (was != null && was.created() != flow.created()) {
      // The kernel begins to count anew where it revokes, and where a flow opens again.
      ended.add(group(key, was, flow.revoked() ? Ending.REVOKED : Ending.UNSEEN));
    }
    if (flow.revoked()) {
      return;
    }
    int over = flow.last() + config.timeouts().get(flow.state().code());
    if (over - to > 0) {
      live(key, flow);
    } else if (over - from > 0) {
      ended.add(group(key, flow, Ending.OVER));
    }
  }

  private void live(FlowKey key, Flow flow) {
    if (key.pod().v6()) {
      livingV6++;
    } else {
      livingV4++;
    }
    if (living.size() < REMEMBERED) {
      living.put(key, flow);
    }
  }

  /** All that ended; to be asked when every flow was added. */
  List<Group> ended() {
    before.forEach((key, was) -> ended.add(group(key, was, Ending.UNSEEN)));
    before.clear();
    return ended;
  }

  /** What lives, for the next look. */
  Map<FlowKey, Flow> living() {
    return living;
  }

  long livingV4() {
    return livingV4;
  }

  long livingV6() {
    return livingV6;
  }

  private Group group(FlowKey key, Flow flow, Ending ending) {
    Counter there = flow.openedByPod() ? flow.egress() : flow.ingress();
    Counter back = flow.openedByPod() ? flow.ingress() : flow.egress();
    Group group = new Group(event(key, flow), 0);
    group.last = nanos(flow.last() - flow.created());
    group.packets = there.packets();
    group.bytes = there.bytes();
    group.replies = back;
    group.ending = ending;
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
