package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import io.merlon.datapath.Config;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What one generation's maps hold, and the steps that change it. */
final class NodeState {
  private static final long SECOND = 1_000_000_000L;

  /** Fragments are remembered for 30 s (config.fragment_timeout), and grace is milliseconds. */
  private static final long FRAGMENTS_FORGOTTEN = 31 * SECOND;

  private final NodeMaps maps;
  private final TableStore tables;
  private final SlotStore slots;
  private final KernelEntries entries;
  private final PodEndpoints endpoints;
  private final Subjects subjects;
  private final NodeConfig config;
  private ObservedState observed = ObservedState.EMPTY;

  private NodeState(NodeMaps maps, DatapathSettings wanted, Grace grace, LongSupplier nanos) {
    this.maps = maps;
    this.tables = new TableStore(maps.kernel().tables(), grace);
    this.slots = new SlotStore(maps.counters(), maps.ledger(), FRAGMENTS_FORGOTTEN, nanos);
    this.subjects = new Subjects(maps, tables, slots);
    this.entries = new KernelEntries(maps.kernel());
    this.endpoints = new PodEndpoints(maps);
    this.config = new NodeConfig(maps.kernel().config(), wanted);
  }

  /** The state of maps that were just created. */
  static NodeState empty(NodeMaps maps, DatapathSettings wanted, Grace grace, LongSupplier nanos) {
    NodeState state = new NodeState(maps, wanted, grace, nanos);
    state.config.begin();
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
    Config found = config.found();
    Subjects.Found judged = subjects.adopt();
    KernelEntries.Found lists = entries.adopt();
    config.adopt(found);
    observed =
        new ObservedState(
            endpoints.adopt(),
            judged.bySubject(),
            judged.contents(),
            lists.book(),
            lists.services(),
            config.epoch());
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

  /** Executes one step. */
  void apply(PlanStep step) {
    ObservedState after = observed.after(step);
    execute(step);
    observed = after;
  }

  /** Executes a plan made from {@link #observed}; if a step fails, those before it are done. */
  void apply(Plan plan) {
    List<PlanStep> steps = plan.steps();
    int done = 0;
    try {
      while (done < steps.size()) {
        execute(steps.get(done));
        done++;
      }
      observed = plan.result();
    } catch (RuntimeException failure) {
      for (PlanStep step : steps.subList(0, done)) {
        observed = observed.after(step);
      }
      throw failure;
    }
  }

  private void execute(PlanStep step) {
    switch (step) {
      case PlanStep.PutAddress put -> entries.putAddress(put.address(), put.peerClass());
      case PlanStep.DeleteAddress delete -> entries.deleteAddress(delete.address());
      case PlanStep.PutPrefix put -> entries.putPrefix(put.prefix(), put.peerClass());
      case PlanStep.DeletePrefix delete -> entries.deletePrefix(delete.prefix());
      case PlanStep.PutService put -> entries.putService(put.service(), put.target());
      case PlanStep.DeleteService delete -> entries.deleteService(delete.service());
      case PlanStep.WriteTable write -> tables.write(write.table(), write.content());
      case PlanStep.SwitchSubject change -> subjects.point(change.subject(), change.table());
      case PlanStep.DropSubject drop -> subjects.drop(drop.subject());
      case PlanStep.FreeTable free -> tables.free(free.table());
      case PlanStep.PutEndpoint put -> endpoints.put(put.pod(), put.endpoint());
      case PlanStep.DeleteEndpoint delete -> endpoints.delete(delete.pod());
      case PlanStep.BumpEpoch() -> {
        config.bumpEpoch();
        slots.epochMoved();
      }
    }
  }

  /** Has every flow judged again, whatever plans are under way. */
  void judgeAgain() {
    config.judgeAgain();
    slots.epochMoved();
  }

  /** Puts back what somebody else changed: the configuration, subjects, endpoints. */
  List<Repair> repair() {
    List<Repair> repairs = new ArrayList<>();
    if (config.repair()) {
      repairs.add(new Repair(Repair.Kind.ENTRY, "config"));
    }
    repairs.addAll(subjects.repair());
    int repaired = endpoints.repair();
    if (repaired > 0) {
      repairs.add(new Repair(Repair.Kind.ENTRY, repaired + " endpoints"));
    }
    return repairs;
  }

  /** The subjects there are, and whom their packets are counted for. */
  Map<Integer, WorkloadRef> countedFor() {
    Map<Integer, WorkloadRef> owners = new HashMap<>();
    for (Integer subject : observed.subjects().keySet()) {
      owners.put(subject, maps.ledger().owner(subject));
    }
    return owners;
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
