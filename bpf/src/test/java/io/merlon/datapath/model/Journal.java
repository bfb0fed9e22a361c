package io.merlon.datapath.model;

import io.merlon.datapath.harness.Event;
import java.util.ArrayList;
import java.util.List;

/** The events of a fresh flow: its beginning. Denials are limited by a clock, and not modelled. */
final class Journal implements FlowJudge.Listener {
  private final List<Event> events = new ArrayList<>();
  private boolean allowed;

  void select(boolean allowedToo) {
    allowed = allowedToo;
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
