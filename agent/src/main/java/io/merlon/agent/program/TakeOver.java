package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts new maps, filled already, in force in the place of all older generations: carries the flows
 * over, replaces every program in its place, and only then removes what is old.
 *
 * @param maps the new ones
 */
record TakeOver(PinLayout layout, Hooks hooks, NodeMaps maps) {
  /** Does it at the places wanted, and wherever an old link is. */
  void run(Set<HookPlace> places) {
    FlowMigration flows = new FlowMigration(maps.kernel(), 0);
    List<Generation> old = new ArrayList<>(layout.generations());
    old.removeIf(maps.generation()::equals);
    old.forEach(flows::from);
    Set<HookPlace> all = new HashSet<>(places);
    all.addAll(hooks.linked());
    all.stream().filter(hooks::isAt).forEach(hooks::put);
    old.forEach(flows::from); // what was opened meanwhile
    maps.ledger().closeOldBooks();
    layout.putInForce(maps.generation());
    old.forEach(layout::remove);
  }
}
