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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
  }

  public static PolicyDiff between(State before, State after) {
    var builder = new Builder(before, after);
    builder.compare();
    return new PolicyDiff(builder.changes(), only(after, before), only(before, after));
  }

  private static List<String> only(State one, State other) {
    var names = new TreeSet<String>();
    one.workloads().forEach(workload -> names.add(workload.name()));
    other.workloads().forEach(workload -> names.remove(workload.name()));
    return List.copyOf(names);
  }

  /** Somebody both states know. */
  private record Subject(String name, End before, End after) {
    static Subject outside(String name, Address address) {
      return new Subject(name, End.of(address), End.of(address));
    }
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
      List<Subject> pods = pods();
      List<Subject> outside = outside();
      for (Subject from : pods) {
        for (Subject to : pods) {
          compare(from, to);
        }
        for (Subject beyond : outside) {
          compare(from, beyond);
          compare(beyond, from);
        }
      }
    }

    private List<Subject> pods() {
      Map<String, End> olds = new HashMap<>();
      before
          .workloads()
          .forEach(workload -> workload.pods().forEach(pod -> olds.put(pod.name(), pod)));
      List<Subject> subjects = new ArrayList<>();
      for (Workload workload : after.workloads()) {
        for (End pod : workload.pods()) {
          End old = olds.get(pod.name());
          if (old != null) {
            subjects.add(new Subject(workload.name(), old, pod));
          }
        }
      }
      return subjects;
    }

    private void compare(Subject from, Subject to) {
      for (boolean v6 : new boolean[] {false, true}) {
        Shift.Sides was = sides(before.policy(), from.before(), to.before(), v6);
        Shift.Sides is = sides(after.policy(), from.after(), to.after(), v6);
        if (was != null && is != null) {
          Shift shift = shifts.computeIfAbsent(List.of(was, is), _ -> Shift.between(was, is));
          note(true, from.name(), to.name(), shift.opens());
          note(false, from.name(), to.name(), shift.closes());
        }
      }
    }

    /** What both sides say, or null if they have no addresses of that family in common. */
    private static Shift.@Nullable Sides sides(
        CompiledPolicy policy, End from, End to, boolean v6) {
      Address source = from.address(v6);
      Address destination = to.address(v6);
      return source == null || destination == null
          ? null
          : new Shift.Sides(
              PolicyLookup.row(policy, from.side(source), destination, Direction.EGRESS),
              PolicyLookup.row(policy, to.side(destination), source, Direction.INGRESS));
    }

    private void note(boolean opens, String from, String to, PortSet ports) {
      if (!ports.isEmpty()) {
        found.merge(new Change(opens, from, to, ports, 0), 1, Integer::sum);
      }
    }

    /** An address of each part of the address space that either state tells apart. */
    private List<Subject> outside() {
      var prefixes = new TreeSet<Cidr>();
      prefixes.addAll(before.policy().addresses().prefixes().keySet());
      prefixes.addAll(after.policy().addresses().prefixes().keySet());
      List<Subject> outside = new ArrayList<>();
      for (Cidr prefix : prefixes) {
        Address address = Unclaimed.in(prefix, prefixes);
        if (address != null) {
          outside.add(Subject.outside(prefix.toString(), address));
        }
      }
      for (Cidr everything : List.of(Cidr.of("0.0.0.0/0"), Cidr.of("::/0"))) {
        Address address = Unclaimed.in(everything, prefixes);
        if (address != null && !prefixes.contains(everything)) {
          String family = address.isV6() ? " (IPv6)" : " (IPv4)";
          outside.add(Subject.outside(ELSEWHERE + family, address));
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
