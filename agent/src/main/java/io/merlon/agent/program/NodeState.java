package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.PlanStep;
import io.merlon.bpf.KernelClock;
import io.merlon.datapath.Config;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** What one generation's maps hold, and the steps that change it. */
final class NodeState {
  private static final Subject NOBODY = new Subject(0, 0);

  /** An even step: whether the epoch is odd says whether a plan that narrows is under way. */
  private static final int AGAIN = 2;

  private static final long SECOND = 1_000_000_000L;

  /** Fragments are remembered for 30 s (config.fragment_timeout), and grace is milliseconds. */
  private static final long FRAGMENTS_FORGOTTEN = 31 * SECOND;

  private final NodeMaps maps;
  private final TableStore tables;
  private final SlotStore slots;
  private final KernelEntries entries;
  private final PodEndpoints endpoints;
  private final Map<Integer, Subject> subjects = new HashMap<>();
  private final Config settings;
  private Config config;
  private ObservedState observed = ObservedState.EMPTY;

  private NodeState(NodeMaps maps, DatapathSettings wanted, Grace grace, LongSupplier nanos) {
    this.maps = maps;
    this.tables = new TableStore(maps.kernel().tables(), grace);
    this.slots = new SlotStore(maps.counters(), maps.ledger(), FRAGMENTS_FORGOTTEN, nanos);
    this.entries = new KernelEntries(maps.kernel());
    this.endpoints = new PodEndpoints(maps);
    this.settings = settings(wanted);
    this.config = settings;
  }

  private static Config settings(DatapathSettings wanted) {
    return Config.defaults(KernelClock.jiffiesPerSecond())
        .withEpoch(AGAIN)
        .withFlags(
            Config.EVENTS_ALLOWED
                | Config.EVENTS_DENIED
                | (wanted.verifySource() ? Config.VERIFY_SOURCE : 0)
                | (wanted.unknownAllowed() ? Config.UNKNOWN_ALLOW : 0)
                | (wanted.ethertypeAllowed() ? Config.ETHERTYPE_ALLOW : 0));
  }

  /** The state of maps that were just created. */
  static NodeState empty(NodeMaps maps, DatapathSettings wanted, Grace grace, LongSupplier nanos) {
    NodeState state = new NodeState(maps, wanted, grace, nanos);
    state.configure(state.settings);
    return state;
  }

  /** The state of maps that are in force; what cannot be read is an IllegalArgumentException. */
  static NodeState adopted(
      NodeMaps maps, DatapathSettings wanted, Grace grace, LongSupplier nanos) {
    NodeState state = new NodeState(maps, wanted, grace, nanos);
    state.adopt();
    return state;
  }

  private void adopt() {
    Config found =
        maps.kernel()
            .config()
            .get(0)
            .orElseThrow(() -> new IllegalArgumentException("no configuration"));
    if (found.layout() != Config.LAYOUT) {
      throw new IllegalArgumentException("layout " + found.layout());
    }
    AdoptedTables judged = adoptTables();
    KernelEntries.Found lists = entries.adopt();
    // Whatever counters a dead process gave up, no flow may count there any more.
    configure(settings.withEpoch(found.epoch() + AGAIN));
    observed =
        new ObservedState(
            endpoints.adopt(),
            judged.bySubject(),
            judged.contents(),
            lists.book(),
            lists.services(),
            Integer.toUnsignedLong(config.epoch()));
  }

  private record AdoptedTables(
      PersistentMap<Integer, Integer> bySubject, PersistentMap<Integer, VerdictTable> contents) {}

  private AdoptedTables adoptTables() {
    PersistentMap<Integer, Integer> numbers = PersistentMap.empty();
    PersistentMap<Integer, VerdictTable> contents = PersistentMap.empty();
    Map<Integer, Integer> byPlace = new HashMap<>();
    for (var entry : new TreeMap<>(maps.subjects().entries()).entrySet()) {
      Subject subject = entry.getValue();
      if (subject.table() == 0) {
        continue;
      }
      Integer number = byPlace.get(subject.table());
      if (number == null) {
        number = byPlace.size();
        byPlace.put(subject.table(), number);
        DecodedTable table = tables.read(subject.table(), Decision::unknown);
        require(tables.adopt(number, subject.table(), table), "table", entry.getKey());
        contents = contents.with(number, table.table());
      }
      List<Decision> decisions = tables.place(number).decisions();
      require(slots.adopt(entry.getKey(), subject.slots(), decisions), "slots", entry.getKey());
      numbers = numbers.with(entry.getKey(), number);
      subjects.put(entry.getKey(), subject);
    }
    slots.adopted();
    return new AdoptedTables(numbers, contents);
  }

  private static void require(boolean own, String what, int subject) {
    if (!own) {
      throw new IllegalArgumentException(what + " of subject " + subject + " are another's too");
    }
  }

  NodeMaps maps() {
    return maps;
  }

  PodEndpoints endpoints() {
    return endpoints;
  }

  SlotStore slots() {
    return slots;
  }

  ObservedState observed() {
    return observed;
  }

  /** The caller knows what the steps lead to. */
  void reached(ObservedState state) {
    observed = state;
  }

  void execute(PlanStep step) {
    switch (step) {
      case PlanStep.PutAddress put -> entries.putAddress(put.address(), put.peerClass());
      case PlanStep.DeleteAddress delete -> entries.deleteAddress(delete.address());
      case PlanStep.PutPrefix put -> entries.putPrefix(put.prefix(), put.peerClass());
      case PlanStep.DeletePrefix delete -> entries.deletePrefix(delete.prefix());
      case PlanStep.PutService put -> entries.putService(put.service(), put.target());
      case PlanStep.DeleteService delete -> entries.deleteService(delete.service());
      case PlanStep.WriteTable write -> tables.write(write.table(), write.content());
      case PlanStep.SwitchSubject change -> switchSubject(change.subject(), change.table());
      case PlanStep.DropSubject drop -> {
        slots.leave(drop.subject());
        point(drop.subject(), NOBODY);
        slots.drop(drop.subject());
      }
      case PlanStep.FreeTable free -> tables.free(free.table());
      case PlanStep.PutEndpoint put -> endpoints.put(put.pod(), put.endpoint());
      case PlanStep.DeleteEndpoint delete -> endpoints.delete(delete.pod());
      case PlanStep.BumpEpoch() -> moveEpoch(1);
    }
  }

  private void switchSubject(int subject, int table) {
    TableStore.Placed placed = tables.place(table);
    SlotStore.Block block = slots.propose(subject, placed.decisions());
    try {
      point(subject, new Subject(placed.at(), block.at()));
    } catch (RuntimeException failure) {
      slots.discard(block);
      throw failure;
    }
    slots.commit(block);
  }

  private void point(int subject, Subject to) {
    maps.kernel().setSubject(subject, to);
    if (to.equals(NOBODY)) {
      subjects.remove(subject);
    } else {
      subjects.put(subject, to);
    }
  }

  /** Has every flow judged again, whatever plans are under way. */
  void judgeAgain() {
    moveEpoch(AGAIN);
  }

  private void moveEpoch(int by) {
    configure(config.withEpoch(config.epoch() + by));
    slots.epochMoved();
  }

  private void configure(Config value) {
    maps.kernel().config().put(0, value);
    config = value;
  }

  /** Puts back what somebody else changed: the configuration, subjects, endpoints. */
  List<Repair> repair() {
    List<Repair> repairs = new ArrayList<>();
    if (!config.equals(maps.kernel().config().get(0).orElse(null))) {
      maps.kernel().config().put(0, config);
      repairs.add(new Repair(Repair.Kind.ENTRY, "config"));
    }
    maps.subjects()
        .entries()
        .forEach((number, found) -> {
          Subject wanted = subjects.getOrDefault(number, NOBODY);
          if (!wanted.equals(found)) {
            maps.kernel().setSubject(number, wanted);
            repairs.add(new Repair(Repair.Kind.ENTRY, "subject " + number));
          }
        });
    int repaired = endpoints.repair();
    if (repaired > 0) {
      repairs.add(new Repair(Repair.Kind.ENTRY, repaired + " endpoints"));
    }
    return repairs;
  }

  /** Room in the arena is left for what fragments; verdicts never wait for counters. */
  Capacities capacities() {
    return new Capacities(
        maps.entries("endpoints"),
        families("addresses"),
        families("cidrs"),
        families("services"),
        Peer.CLASS_MASK + 1L,
        Math.min(maps.entries("subjects"), Subject.LIMIT),
        new Capacities.Room(maps.kernel().tables().length() / 4 * 3, tables::size),
        new Capacities.Room(Long.MAX_VALUE, _ -> 0));
  }

  private Capacities.Families families(String map) {
    return new Capacities.Families(maps.entries(map + "4"), maps.entries(map + "6"));
  }
}
