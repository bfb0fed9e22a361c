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
import io.merlon.agent.program.SlotMeaning;
import io.merlon.agent.program.Tally;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** For a dry run: says what would be done on an empty kernel, and touches nothing. */
public final class PrintingDatapath implements Datapath {
  private final Consumer<String> out;
  private final Set<HostInterface> guarded = new HashSet<>();
  private ObservedState observed = ObservedState.EMPTY;

  /**
   * Begins with an empty kernel.
   *
   * @param out takes a line for each step
   */
  public PrintingDatapath(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public Adoption adoption() {
    return new Adoption.Fresh();
  }

  @Override
  public ObservedState observed() {
    return observed;
  }

  @Override
  public Capacities capacities() {
    return Capacities.UNLIMITED;
  }

  @Override
  public void apply(PlanStep step) {
    out.accept(step.toString());
    observed = observed.after(step);
  }

  @Override
  public void apply(Plan plan) {
    plan.steps().forEach(step -> out.accept(step.toString()));
    observed = plan.result();
  }

  @Override
  public void bind(HostInterface at, PodRef pod) {
    out.accept("Bind[" + at + ", " + pod + "]");
    guarded.add(at);
  }

  @Override
  public void guard(HostInterface at) {
    out.accept("Guard[" + at + "]");
    guarded.add(at);
  }

  @Override
  public void guardUplink(HostInterface at) {
    out.accept("GuardUplink[" + at + "]");
    guarded.add(at);
  }

  @Override
  public void release(int ifindex) {
    if (guarded.removeIf(at -> at.ifindex() == ifindex)) {
      out.accept("Release[" + ifindex + "]");
    }
  }

  @Override
  public void hold(Set<String> names) {}

  @Override
  public Holding holding() {
    return Holding.NOTHING;
  }

  @Override
  public Set<HostInterface> guarded() {
    return Set.copyOf(guarded);
  }

  @Override
  public Map<HostInterface, PodRef> owners() {
    return Map.of();
  }

  @Override
  public void takeOver() {}

  @Override
  public void sweep() {}

  @Override
  public Inspection check() {
    return Inspection.CLEAN;
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
    throw new IllegalStateException("a dry run counts nothing");
  }

  @Override
  public io.merlon.datapath.Datapath kernel() {
    throw new IllegalStateException("a dry run has no maps");
  }

  @Override
  public void detachEverything() {
    out.accept("DetachEverything[]");
  }

  @Override
  public void close() {}
}
