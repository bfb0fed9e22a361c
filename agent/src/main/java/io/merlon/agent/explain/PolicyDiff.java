package io.merlon.agent.explain;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an edit of policies means: which connections open and which close, on every port there is,
 * between pods, and between pods and every part of the address space that policies tell apart.
 *
 * @param added workloads that only the new state has; nobody lost or won anything by them yet
 * @param removed workloads that only the old state has
 */
public record PolicyDiff(List<Change> changes, List<String> added, List<String> removed) {
  private static final String ELSEWHERE = "any other address";

  public PolicyDiff {
    changes = List.copyOf(changes);
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /**
   * One thing that changes between two workloads.
   *
   * @param pairs between how many pairs of addresses
   */
  public record Change(boolean opens, String from, String to, PortSet ports, int pairs)
      implements Comparable<Change> {
    private static final Comparator<Change> ORDER =
        Comparator.comparing(Change::opens)
            .reversed()
            .thenComparing(Change::from)
            .thenComparing(Change::to)
            .thenComparing(change -> change.ports().toString());

    @Override
    public int compareTo(Change other) {
      return ORDER.compare(this, other);
    }
  }

  /** Whether anything opens. */
  public boolean opens() {
    return changes.stream().anyMatch(Change::opens);
  }

  /** One of the two states. */
  public record State(CompiledPolicy policy, List<Workload> workloads) {
    public State {
      workloads = List.copyOf(workloads);
    }

    private SortedMap<String, End> pods() {
      SortedMap<String, End> pods = new TreeMap<>();
      workloads.forEach(workload ->
          workload.pods().forEach(pod -> pods.put(pod.name(), pod)));
      return pods;
    }

    private Map<String, String> names() {
      Map<String, String> names = new HashMap<>();
      workloads.forEach(workload ->
          workload.pods().forEach(pod -> names.put(pod.name(), workload.name())));
      return names;
    }
  }

  public static PolicyDiff between(State before, State after) {
    var builder = new Builder(before, after);
    builder.compare();
    return new PolicyDiff(
        builder.changes(), only(after, before), only(before, after));
  }

  private static List<String> only(State one, State other) {
    var names = new TreeSet<String>();
    one.workloads().forEach(workload -> names.add(workload.name()));
    other.workloads().forEach(workload -> names.remove(workload.name()));
    return List.copyOf(names);
  }

  private static final class Builder {
    private final State before;
    private final State after;
    private final Map<List<Shift.Sides>, Shift> shifts = new HashMap<>();
    private final Map<Change, Integer> found = new HashMap<>();

    Builder(State before, State after) {
      this.before = before;
      this.after = after;
    }

    void compare() {
      SortedMap<String, End> olds = before.pods();
      SortedMap<String, End> news = after.pods();
      Map<String, String> names = after.names();
      List<String> both = news.keySet().stream().filter(olds::containsKey).toList();
      SortedMap<String, Address> outside = outside();
      for (String from : both) {
        for (String to : both) {
          compare(names.get(from), names.get(to), olds.get(from), olds.get(to), news.get(from),
              news.get(to));
        }
        outside.forEach((name, address) -> {
          End end = End.of(address);
          compare(names.get(from), name, olds.get(from), end, news.get(from), end);
          compare(name, names.get(from), end, olds.get(from), end, news.get(from));
        });
      }
    }

    private void compare(
        String from, String to, End oldFrom, End oldTo, End newFrom, End newTo) {
      for (boolean v6 : new boolean[] {false, true}) {
        if (oldFrom.address(v6) == null || oldTo.address(v6) == null
            || newFrom.address(v6) == null || newTo.address(v6) == null) {
          continue;
        }
        Shift shift =
            shifts.computeIfAbsent(
                List.of(
                    sides(before.policy(), oldFrom, oldTo, v6),
                    sides(after.policy(), newFrom, newTo, v6)),
                pair -> Shift.between(pair.getFirst(), pair.getLast()));
        note(true, from, to, shift.opens());
        note(false, from, to, shift.closes());
      }
    }

    private static Shift.Sides sides(CompiledPolicy policy, End from, End to, boolean v6) {
      Address source = from.address(v6);
      Address destination = to.address(v6);
      return new Shift.Sides(
          PolicyLookup.row(policy, from.side(source), destination, Direction.EGRESS),
          PolicyLookup.row(policy, to.side(destination), source, Direction.INGRESS));
    }

    private void note(boolean opens, String from, String to, PortSet ports) {
      if (!ports.isEmpty()) {
        found.merge(new Change(opens, from, to, ports, 0), 1, Integer::sum);
      }
    }

    /** An address of each part of the address space that either state tells apart. */
    private SortedMap<String, Address> outside() {
      var prefixes = new TreeSet<Cidr>();
      prefixes.addAll(before.policy().addresses().prefixes().keySet());
      prefixes.addAll(after.policy().addresses().prefixes().keySet());
      SortedMap<String, Address> outside = new TreeMap<>();
      for (Cidr prefix : prefixes) {
        Address address = Unclaimed.in(prefix, prefixes);
        if (address != null) {
          outside.put(prefix.toString(), address);
        }
      }
      for (Cidr everything : List.of(Cidr.of("0.0.0.0/0"), Cidr.of("::/0"))) {
        Address address = Unclaimed.in(everything, prefixes);
        if (address != null && !prefixes.contains(everything)) {
          outside.put(ELSEWHERE + (address.isV6() ? " (IPv6)" : " (IPv4)"), address);
        }
      }
      return outside;
    }

    List<Change> changes() {
      List<Change> changes = new ArrayList<>();
      found.forEach((change, pairs) ->
          changes.add(
              new Change(change.opens(), change.from(), change.to(), change.ports(), pairs)));
      changes.sort(null);
      return changes;
    }
  }
}
