package io.merlon.agent.plan;

import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Predicts how full the kernel's maps get at the worst moment of a plan. */
final class CapacityCheck {
  private final Capacities capacities;
  private final ObservedState observed;
  private final List<PlanStep> steps;
  private final List<MapPressure> pressure = new ArrayList<>();

  CapacityCheck(Capacities capacities, ObservedState observed, List<PlanStep> steps) {
    this.capacities = capacities;
    this.observed = observed;
    this.steps = steps;
  }

  /** What does not fit, if the tables take so much room at the worst moment. */
  List<MapPressure> check(long tableWords) {
    checkEntries();
    checkNumbers();
    require("tables", tableWords, capacities.tableWords());
    if (capacities.decisions() < Long.MAX_VALUE) {
      checkDecisions();
    }
    return pressure;
  }

  private void require(String map, long needed, long capacity) {
    if (needed > capacity) {
      pressure.add(new MapPressure(map, needed, capacity));
    }
  }

  /** Entries come before others go: at the worst moment all new ones are there beside the old. */
  private void checkEntries() {
    Set<Address> addresses = new HashSet<>();
    Set<Cidr> prefixes = new HashSet<>();
    long services = observed.services().size();
    for (PlanStep step : steps) {
      switch (step) {
        case PlanStep.PutAddress put -> addresses.add(put.address());
        case PlanStep.PutPrefix put -> prefixes.add(put.prefix());
        case PlanStep.PutService put ->
            services += observed.services().containsKey(put.service()) ? 0 : 1;
        default -> {}
      }
    }
    addresses.removeAll(observed.addresses().exact().keySet());
    prefixes.removeAll(observed.addresses().prefixes().keySet());
    require(
        "addresses",
        observed.addresses().exact().keySet(),
        addresses,
        Address::bits,
        capacities.addresses4(),
        capacities.addresses6());
    require(
        "prefixes",
        observed.addresses().prefixes().keySet(),
        prefixes,
        prefix -> prefix.base().bits(),
        capacities.prefixes4(),
        capacities.prefixes6());
    require("services", services, capacities.services());
  }

  private <K> void require(
      String map,
      Collection<K> there,
      Collection<K> added,
      ToIntFunction<K> bits,
      long capacity4,
      long capacity6) {
    if (there.size() + added.size() <= Math.min(capacity4, capacity6)) {
      return; // Whatever their families, they fit; there is no need to look at each.
    }
    long of4 =
        there.stream().filter(key -> bits.applyAsInt(key) == 32).count()
            + added.stream().filter(key -> bits.applyAsInt(key) == 32).count();
    require(map + "4", of4, capacity4);
    require(map + "6", there.size() + added.size() - of4, capacity6);
  }

  private void checkNumbers() {
    int classes = 0;
    int subjects = 0;
    for (PlanStep step : steps) {
      switch (step) {
        case PlanStep.PutAddress put -> classes = Math.max(classes, put.peerClass() + 1);
        case PlanStep.PutPrefix put -> classes = Math.max(classes, put.peerClass() + 1);
        case PlanStep.PutService(var key, ServiceTarget.Uniform uniform) ->
            classes = Math.max(classes, uniform.peerClass() + 1);
        case PlanStep.WriteTable write -> classes = Math.max(classes, write.content().rowCount());
        case PlanStep.SwitchSubject change -> subjects = Math.max(subjects, change.subject() + 1);
        default -> {}
      }
    }
    require("classes", classes, capacities.classes());
    require("subjects", subjects, capacities.subjects());
  }

  private void checkDecisions() {
    Set<Long> cookies = new HashSet<>();
    boolean writes = false;
    for (PlanStep step : steps) {
      if (step instanceof PlanStep.WriteTable write) {
        collect(write.content(), cookies);
        writes = true;
      }
    }
    if (writes) {
      observed.tables().values().forEach(table -> collect(table, cookies));
    }
    require("decisions", cookies.size(), capacities.decisions());
  }

  private static void collect(VerdictTable table, Set<Long> cookies) {
    for (Row row : table.distinctRows()) {
      for (Protocol protocol : Protocol.values()) {
        row.intervals(protocol).forEach(interval -> cookies.add(interval.decision().cookie()));
      }
    }
  }
}
