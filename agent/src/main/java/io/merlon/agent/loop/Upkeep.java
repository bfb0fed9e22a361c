package io.merlon.agent.loop;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.Inspection;
import io.merlon.agent.program.Inspection.Damage;
import io.merlon.agent.program.Repair;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every few seconds whether somebody else changed what is ours, and has it repaired. */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final Datapath datapath;
  private final Duration every;
  private long next;
  private PersistentMap<Repair.Kind, Long> repairs = PersistentMap.empty();
  private List<Damage> damages = List.of();
  private long notRepaired;
  private Holding holding = Holding.NOTHING;

  Upkeep(Datapath datapath, Duration every, long now) {
    this.datapath = datapath;
    this.every = every;
    this.next = now + every.toNanos();
  }

  /** After how many nanoseconds it is time to look. */
  long due(long now) {
    return next - now;
  }

  void look(long now) {
    next = now + every.toNanos();
    Failures failures = new Failures();
    if (!failures.survive(() -> note(datapath.check()))) {
      notRepaired++;
      LOG.atError().addKeyValue("reason", failures.first()).log("the check failed");
    }
    holding = datapath.holding();
  }

  private void note(Inspection found) {
    for (Repair repair : found.repairs()) {
      repairs = repairs.with(repair.kind(), repairs.getOrDefault(repair.kind(), 0L) + 1);
      LOG.atWarn()
          .addKeyValue("kind", repair.kind())
          .addKeyValue("what", repair.what())
          .log("somebody else changed what is ours; repaired");
    }
    for (Damage damage : found.damages()) {
      if (!damages.contains(damage)) {
        notRepaired++;
        LOG.atError()
            .addKeyValue("reason", damage.text())
            .log("somebody else changed what is ours; it cannot be repaired");
      }
    }
    damages = found.damages();
  }

  /** Counted since the start. */
  PersistentMap<Repair.Kind, Long> repairs() {
    return repairs;
  }

  /** How many things could not be repaired when they were found. */
  long failures() {
    return notRepaired;
  }

  /** What is held, at the last look. */
  Holding holding() {
    return holding;
  }

  /** What the last look could not repair. */
  List<Damage> damages() {
    return damages;
  }
}
