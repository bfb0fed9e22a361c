package io.merlon.agent.loop;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.program.Adoption;
import io.merlon.agent.program.CounterNames;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.Inspection;
import io.merlon.agent.program.Repair;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.agent.program.Tally;
import io.merlon.bpf.BpfException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A datapath in memory, which can be told to fail. */
final class FakeDatapath implements Datapath {
  final List<String> did = new ArrayList<>();
  final Map<Integer, PodRef> bound = new TreeMap<>();
  final List<Repair> repairs = new ArrayList<>();
  final List<Inspection.Damage> damages = new ArrayList<>();
  Adoption adoption = new Adoption.Fresh();
  ObservedState observed;
  Capacities capacities = Capacities.UNLIMITED;
  Set<HostInterface> guarded = Set.of();
  Map<HostInterface, PodRef> owners = Map.of();
  Set<String> held = Set.of();
  int steps;

  /** The interface no program can be attached to. */
  int unfit;

  /** How many steps are still done before one fails; each failure is one. */
  int failAfter = Integer.MAX_VALUE;

  FakeDatapath(ObservedState observed) {
    this.observed = observed;
  }

  @Override
  public Adoption adoption() {
    return adoption;
  }

  @Override
  public ObservedState observed() {
    return observed;
  }

  @Override
  public Capacities capacities() {
    return capacities;
  }

  @Override
  public void apply(PlanStep step) {
    if (failAfter-- == 0) {
      failAfter = Integer.MAX_VALUE;
      throw new BpfException("bpf_map_update_elem", 7, "map addresses4");
    }
    observed = observed.after(step);
    steps++;
  }

  @Override
  public void apply(Plan plan) {
    plan.steps().forEach(this::apply);
    observed = plan.result();
  }

  @Override
  public void bind(HostInterface at, PodRef pod) {
    if (at.ifindex() == unfit) {
      throw new BpfException("bpf_tc_attach", 22, "interface " + unfit);
    }
    bound.put(at.ifindex(), pod);
    did.add("bind " + at.name() + " " + pod);
  }

  @Override
  public void guard(HostInterface at) {
    did.add("guard " + at.name());
  }

  @Override
  public void guardUplink(HostInterface at) {
    did.add("uplink " + at.name());
  }

  @Override
  public void release(int ifindex) {
    bound.remove(ifindex);
    did.add("release " + ifindex);
  }

  @Override
  public void hold(Set<String> names) {
    held = Set.copyOf(names);
  }

  @Override
  public Holding holding() {
    return new Holding(held.size(), 0, 0);
  }

  @Override
  public Set<HostInterface> guarded() {
    return guarded;
  }

  @Override
  public Map<HostInterface, PodRef> owners() {
    return owners;
  }

  @Override
  public void takeOver() {
    did.add("take over");
  }

  @Override
  public void sweep() {
    did.add("sweep");
  }

  @Override
  public Inspection check() {
    did.add("check");
    Inspection found = new Inspection(repairs, damages);
    repairs.clear();
    return found;
  }

  @Override
  public void countAs(CounterNames names) {}

  @Override
  public Map<Integer, WorkloadRef> countedFor() {
    return Map.of();
  }

  @Override
  public Tally counters() {
    return Tally.NOTHING;
  }

  @Override
  public SlotMeaning meaning(int slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public io.merlon.datapath.Datapath kernel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void detachEverything() {
    did.add("detach");
  }

  @Override
  public void close() {
    did.add("close");
  }
}
