package io.merlon.datapath.model;

import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The events of a fresh flow: its beginning. When a denial is told depends on a clock and on
 * chance, so that denials are counted instead.
 */
final class Journal implements FlowJudge.Listener {
  private final List<Event> events = new ArrayList<>();
  private final Map<Denial, Long> denials = new HashMap<>();
  private boolean allowed;
  private boolean denied;

  void select(boolean allowedToo, boolean deniedToo) {
    allowed = allowedToo;
    denied = deniedToo;
  }

  @Override
  public void denied(Denial denial) {
    if (denied) {
      denials.merge(denial, 1L, Long::sum);
    }
  }

  Map<Denial, Long> untold() {
    return Map.copyOf(denials);
  }

  @Override
  public void began(Passage passage, Party party, Decision decision) {
    if (!allowed) {
      return;
    }
    events.add(
        new Event(
            Event.Kind.ALLOWED,
            passage.line(),
            party.subject(),
            passage.direction(),
            party.mode(),
            null,
            decision.countedTo(),
            passage.key(),
            0));
  }

  List<Event> drain() {
    List<Event> drained = List.copyOf(events);
    events.clear();
    return drained;
  }
}
