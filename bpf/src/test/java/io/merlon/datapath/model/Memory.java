package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the datapath remembers of earlier packets, by a clock that only {@link #elapse} moves. */
final class Memory {
  private static final int FRAGMENT_TIMEOUT = 30;

  private final Map<FlowKey, Flow> flows = new HashMap<>();
  private final Map<FragmentKey, First> fragments = new HashMap<>();
  private long now;

  /** A datagram in pieces. */
  record FragmentKey(
      int line, Direction direction, Address source, Address destination, int id, int protocol) {
    static FragmentKey of(Passage passage, Datagram.Fragment fragment) {
      return new FragmentKey(
          passage.line(),
          passage.direction(),
          passage.datagram().source(),
          passage.datagram().destination(),
          fragment.id(),
          // Only the first one's next header says what it is; of the others it may be anything.
          passage.datagram().family() == Family.V4 ? fragment.protocol() : 0);
    }
  }

  /** A first fragment that passed: by which judgement, of which epoch, and what it carries. */
  record First(Judgement judgement, int epoch, int protocol, long since) {}

  long now() {
    return now;
  }

  void elapse(int seconds) {
    now += seconds;
  }

  /** The entry, unless it is old enough to be as good as none. */
  @Nullable Flow flow(FlowKey key) {
    Flow flow = flows.get(key);
    return flow == null || flow.expired(now) ? null : flow;
  }

  void keep(FlowKey key, Flow flow) {
    flows.put(key, flow);
  }

  void remember(FragmentKey key, Judgement judgement, int epoch, int protocol) {
    fragments.put(key, new First(judgement, epoch, protocol, now));
  }

  /** The first fragment, unless it is forgotten, or was judged by what has been narrowed since. */
  @Nullable First firstOf(FragmentKey key, int epoch) {
    First first = fragments.get(key);
    boolean known = first != null && first.epoch == epoch && now - first.since <= FRAGMENT_TIMEOUT;
    return known ? first : null;
  }

  Map<FlowKey, FlowView> view() {
    Map<FlowKey, FlowView> views = new HashMap<>();
    flows.forEach((key, flow) -> {
      if (!flow.expired(now)) {
        views.put(key, flow.view());
      }
    });
    return views;
  }
}
