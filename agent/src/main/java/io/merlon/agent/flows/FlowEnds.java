package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Mode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One look at the kernel's flows: finds those that have ended since the look before. The kernel
 * tells nobody, and keeps an entry until its room is needed, so most are found by their time-out,
 * which ended since then. What is gone without that was seen by the look before, if there was room
 * to remember it.
 *
 * <p>A table has a hundred thousand entries and more, and little of each is of interest: they are
 * read where they lie, and only of what ended an object is made.
 */
final class FlowEnds {
  /** So many ends are told of a look, and as many of flows that would have been denied. */
  static final int TOLD = 6144;

  /** As in the kernel's programs. */
  private static final int SKEW = 65536;

  private static final int LAST = 8;
  private static final int CREATED = 12;
  private static final int STATE = 20;
  private static final int FLAGS = 21;

  private final Look look;
  private final int[] timeouts;
  private final RememberedFlows before;
  private final RememberedFlows living;
  private final List<Group> denied = new ArrayList<>();
  private final List<Group> allowed = new ArrayList<>();
  private long untold;
  private long livingV4;
  private long livingV6;

  /**
   * A stretch of time, in jiffies.
   *
   * @param from exclusive
   * @param to inclusive
   * @param seen what began later was not there yet at the look before
   * @param perSecond how many of them a second has
   * @param nanos the end of it by {@link System#nanoTime}
   */
  record Look(int from, int to, int seen, int perSecond, long nanos) {
    private long nanos(int jiffies) {
      return Integer.toUnsignedLong(jiffies) * TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** When something was; not later than now, which is only known to a few jiffies. */
    private long moment(int jiffies) {
      int ago = to - jiffies;
      return nanos - (ago < 0 && ago > -SKEW ? 0 : nanos(ago));
    }
  }

  /**
   * Looks at a stretch of time.
   *
   * @param before what lived at the look before, as far as it was remembered; is used up
   * @param living gets what lives now; empty
   */
  FlowEnds(Config config, Look look, RememberedFlows before, RememberedFlows living) {
    this.look = look;
    this.timeouts = config.timeouts().stream().mapToInt(Integer::intValue).toArray();
    this.before = before;
    this.living = living;
  }

  /** Jiffies are compared as the kernel does: by their distance. */
  void add(ByteBuffer key, ByteBuffer flow) {
    int at = flow.position();
    int over = flow.getInt(at + LAST) + timeouts[flow.get(at + STATE) & (timeouts.length - 1)];
    boolean revoked = (flow.get(at + FLAGS) & Flow.REVOKED) != 0;
    if (over - look.from <= 0) {
      return; // and was told then, if it was not revoked
    }
    int created = flow.getInt(at + CREATED);
    int was = revoked || created - look.seen <= 0 ? before.find(key) : RememberedFlows.NONE;
    if (was != RememberedFlows.NONE && before.created(was) != created) {
      // The kernel begins to count anew where it revokes, and where a flow opens again.
      Ending ending = revoked ? Ending.REVOKED : Ending.UNSEEN;
      end(before.key(was), before.value(was), ending);
    }
    if (revoked) {
      return;
    }
    if (over - look.to > 0) {
      live(key, flow);
    } else {
      end(key, flow, Ending.OVER);
    }
  }

  private void live(ByteBuffer key, ByteBuffer flow) {
    if (isV6(key)) {
      livingV6++;
    } else {
      livingV4++;
    }
    living.add(key, flow);
  }

  private static boolean isV6(ByteBuffer key) {
    return key.remaining() == FlowKey.V6.size();
  }

  private void end(ByteBuffer key, ByteBuffer value, Ending ending) {
    boolean wouldDeny = (value.get(value.position() + FLAGS) & Flow.WOULD_DENY) != 0;
    List<Group> ended = wouldDeny ? denied : allowed;
    if (ended.size() == TOLD) {
      untold++;
      return;
    }
    FlowKey of = (isV6(key) ? FlowKey.V6 : FlowKey.V4).decode(key);
    ended.add(group(of, Flow.CODEC.decode(value), ending));
  }

  /** All that ended, what would have been denied first; to be asked when every flow was added. */
  List<Group> ended() {
    before.forEachLeft((key, was) -> end(key, was, Ending.UNSEEN));
    before.clear();
    List<Group> all = new ArrayList<>(denied);
    all.addAll(allowed);
    return all;
  }

  /** How many more ended. */
  long untold() {
    return untold;
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
    long began = look.moment(flow.created());
    Group group = new Group(event(key, flow), began);
    group.last = began + look.nanos(flow.last() - flow.created());
    group.packets = there.packets();
    group.bytes = there.bytes();
    group.replies = back;
    group.ending = ending;
    return group;
  }

  /** As the kernel would tell of it. */
  private static Event event(FlowKey key, Flow flow) {
    boolean far = flow.far();
    return new Event(
        flow.last(),
        key.ifindex(),
        flow.subject(),
        flow.slot(),
        0,
        far ? key.peer() : key.pod(),
        far ? key.pod() : key.peer(),
        far ? key.peerPort() : key.podPort(),
        far ? key.podPort() : key.peerPort(),
        0,
        0,
        flow.wouldDeny() ? Event.Kind.DENIED : Event.Kind.ALLOWED,
        key.protocol(),
        far || flow.openedByPod(),
        flow.wouldDeny() ? Mode.AUDIT : Mode.ENFORCE,
        0,
        0);
  }
}
