package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the datapath remembers of earlier packets, by a clock that only {@link #elapse} moves. */
final class Memory {
  private static final int FRAGMENT_TIMEOUT = 30;

  private final Map<FlowKey, Flow> flows = new HashMap<>();
  private final Map<FragmentKey, Remembered> fragments = new HashMap<>();
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
          fragment.protocol());
    }
  }

  private record Remembered(Judgement judgement, long since) {}

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

  void forgetLine(int line) {
    flows.keySet().removeIf(key -> key.line() == line);
    fragments.keySet().removeIf(key -> key.line() == line);
  }

  void remember(FragmentKey key, Judgement judgement) {
    fragments.put(key, new Remembered(judgement, now));
  }

  @Nullable Judgement firstOf(FragmentKey key) {
    Remembered first = fragments.get(key);
    return first == null || now - first.since > FRAGMENT_TIMEOUT ? null : first.judgement;
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
