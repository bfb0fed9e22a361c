package io.merlon.agent.metrics;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.flows.FlowUse;
import io.merlon.agent.identity.Address;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.Trouble;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** How much of the kernel's maps is used, will be, and can be. */
final class MapUse {
  private final Capacities capacities;

  private MapUse(Capacities capacities) {
    this.capacities = capacities;
  }

  static void write(Page page, AgentView view, Capacities capacities) {
    MapUse use = new MapUse(capacities);
    Map<String, Long> sizes = use.sizes();
    put(page, Metric.MAP_CAPACITY, sizes);
    put(page, Metric.MAP_ENTRIES, use.of(view.enforced()));
    put(page, Metric.MAP_PREDICTED, use.of(view.seen()));
    if (view.trouble().orElse(null) instanceof Trouble.TooMuch(var refusals)) {
      refusals.forEach(refusal -> page.put(Metric.MAP_NEEDED, refusal.needed(), refusal.map()));
    }
  }

  static void write(Page page, FlowUse use) {
    put(page, "flows4", use.flows4());
    put(page, "flows6", use.flows6());
    put(page, "fragments4", use.fragments4());
    put(page, "fragments6", use.fragments6());
  }

  private static void put(Page page, String map, FlowUse.Of use) {
    page.put(Metric.MAP_CAPACITY, use.room(), map);
    page.put(Metric.MAP_ENTRIES, use.living(), map);
  }

  private static void put(Page page, Metric metric, Map<String, Long> byMap) {
    byMap.forEach((map, value) -> page.put(metric, value, map));
  }

  private Map<String, Long> sizes() {
    Map<String, Long> sizes = new TreeMap<>();
    sizes.put("endpoints", capacities.endpoints());
    families(sizes, "addresses", capacities.addresses().v4(), capacities.addresses().v6());
    families(sizes, "cidrs", capacities.prefixes().v4(), capacities.prefixes().v6());
    families(sizes, "services", capacities.services().v4(), capacities.services().v6());
    sizes.put("subjects", capacities.subjects());
    sizes.put("tables", capacities.tables().size());
    return sizes;
  }

  private Map<String, Long> of(ObservedState state) {
    Map<String, Long> use = entries(state.addresses(), state.services());
    use.put("endpoints", (long) state.endpoints().size());
    use.put("subjects", (long) state.subjects().size());
    use.put("tables", words(state.tables().values()));
    return use;
  }

  private Map<String, Long> of(CompiledPolicy policy) {
    Map<String, Long> use = entries(policy.addresses(), policy.services());
    use.put("endpoints", (long) policy.pods().size());
    use.put("subjects", (long) policy.tables().size());
    use.put("tables", words(policy.tables().values()));
    return use;
  }

  /** A table of several subjects is there once. */
  private long words(Collection<VerdictTable> tables) {
    Set<VerdictTable> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(tables);
    ToLongFunction<VerdictTable> need = capacities.tables().need();
    return different.stream().mapToLong(need).sum();
  }

  private static Map<String, Long> entries(
      AddressBook book, PersistentMap<ServiceKey, ServiceTarget> services) {
    Map<String, Long> use = new TreeMap<>();
    // The virtual addresses of services are entries too.
    Set<Address> virtual = new HashSet<>();
    services.keySet().forEach(service -> virtual.add(service.address()));
    virtual.removeAll(book.exact().keySet());
    count(use, "addresses", Stream.concat(book.exact().keySet().stream(), virtual.stream()));
    count(use, "cidrs", book.prefixes().keySet().stream().map(prefix -> prefix.base()));
    count(use, "services", services.keySet().stream().map(ServiceKey::address));
    return use;
  }

  private static void count(Map<String, Long> use, String map, Stream<Address> addresses) {
    long[] of = new long[2];
    addresses.forEach(address -> of[address.isV6() ? 1 : 0]++);
    families(use, map, of[0], of[1]);
  }

  private static void families(Map<String, Long> byMap, String map, long v4, long v6) {
    byMap.put(map + "4", v4);
    byMap.put(map + "6", v6);
  }
}
