package io.merlon.agent.plan;

import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Capacities.Families;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Predicts how full the kernel's maps get at the worst moment of a plan. Entries come before others
 * go, so that is when all new ones are there beside the old; endpoints go first.
 */
final class CapacityCheck {
  private final Capacities capacities;
  private final ObservedState observed;
  private final List<MapPressure> pressure = new ArrayList<>();

  private final Set<Address> addresses = new HashSet<>();
  private final Set<Cidr> prefixes = new HashSet<>();
  private final Set<ServiceKey> services = new HashSet<>();
  private final Set<PodRef> endpoints = new HashSet<>();
  private int endpointsGone;
  private int classes;
  private int subjects;

  CapacityCheck(Capacities capacities, ObservedState observed, List<PlanStep> steps) {
    this.capacities = capacities;
    this.observed = observed;
    steps.forEach(this::add);
    addresses.removeAll(observed.addresses().exact().keySet());
    prefixes.removeAll(observed.addresses().prefixes().keySet());
    services.removeAll(observed.services().keySet());
    endpoints.removeAll(observed.endpoints().keySet());
  }

  private void add(PlanStep step) {
    switch (step) {
      case PlanStep.PutAddress put -> {
        addresses.add(put.address());
        needClass(put.peerClass());
      }
      case PlanStep.PutPrefix put -> {
        prefixes.add(put.prefix());
        needClass(put.peerClass());
      }
      case PlanStep.PutService put -> {
        services.add(put.service());
        if (put.target() instanceof ServiceTarget.Uniform uniform) {
          needClass(uniform.peerClass());
        }
      }
      case PlanStep.WriteTable write -> needClass(write.content().rowCount() - 1);
      case PlanStep.SwitchSubject change -> subjects = Math.max(subjects, change.subject() + 1);
      case PlanStep.PutEndpoint put -> endpoints.add(put.pod());
      case PlanStep.DeleteEndpoint delete -> endpointsGone++;
      case PlanStep.DeleteAddress delete -> {}
      case PlanStep.DeletePrefix delete -> {}
      case PlanStep.DeleteService delete -> {}
      case PlanStep.DropSubject drop -> {}
      case PlanStep.FreeTable free -> {}
      case PlanStep.BumpEpoch bump -> {}
    }
  }

  private void needClass(int peerClass) {
    classes = Math.max(classes, peerClass + 1);
  }

  /** What does not fit. */
  List<MapPressure> check(TableSteps tables) {
    if (!endpoints.isEmpty()) {
      long all = (long) observed.endpoints().size() - endpointsGone + endpoints.size();
      require("endpoints", all, capacities.endpoints());
    }
    checkAddresses();
    check(
        "cidrs",
        capacities.prefixes(),
        observed.addresses().prefixes().keySet(),
        prefixes,
        Cidr::base);
    check(
        "services",
        capacities.services(),
        observed.services().keySet(),
        services,
        ServiceKey::address);
    require("classes", classes, capacities.classes());
    require("subjects", subjects, capacities.subjects());
    require("tables", tables.words().peak(), tables.words().size());
    require("counters", tables.counters().peak(), tables.counters().size());
    return pressure;
  }

  private void require(String map, long needed, long capacity) {
    if (needed > capacity) {
      pressure.add(new MapPressure(map, needed, capacity));
    }
  }

  /** The addresses of services are entries too, whatever class they are in. */
  private void checkAddresses() {
    Set<Address> exact = observed.addresses().exact().keySet();
    long most =
        (long) exact.size() + addresses.size() + observed.services().size() + services.size();
    boolean grows = !addresses.isEmpty() || !services.isEmpty();
    if (!grows || most <= Math.min(capacities.addresses().v4(), capacities.addresses().v6())) {
      return; // Whatever their families, they fit; there is no need to look at each.
    }
    Set<Address> there = new HashSet<>(exact);
    observed.services().keySet().forEach(service -> there.add(service.address()));
    Set<Address> added = new HashSet<>(addresses);
    services.forEach(service -> added.add(service.address()));
    added.removeAll(there);
    check("addresses", capacities.addresses(), there, added, address -> address);
  }

  private <K> void check(
      String map,
      Families capacity,
      Collection<K> there,
      Collection<K> added,
      Function<K, Address> address) {
    long all = (long) there.size() + added.size();
    if (added.isEmpty() || all <= Math.min(capacity.v4(), capacity.v6())) {
      return;
    }
    long v6 =
        there.stream().filter(key -> address.apply(key).isV6()).count()
            + added.stream().filter(key -> address.apply(key).isV6()).count();
    require(map + "4", all - v6, capacity.v4());
    require(map + "6", v6, capacity.v6());
  }
}
