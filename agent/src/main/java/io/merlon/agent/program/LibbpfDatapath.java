package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The datapath in this machine's kernel, held by pins.
 *
 * <p>Everything lives in the kernel: this process can be killed between any two instructions, and
 * another one finds what the kernel enforces. See docs/design/program.md for why.
 */
public final class LibbpfDatapath implements Datapath {
  /** So long after the last interface came, links are made: each takes a grace period. */
  private static final long QUIET = 1_000_000_000L;

  private static final int SETTLED_AT_ONCE = 2;

  /** An upgrade takes less; for longer no pod waits for an agent where the unknown is allowed. */
  private static final Duration HELD_WITHOUT_US = Duration.ofMinutes(2);

  private final DatapathSettings settings;
  private final PinLayout layout;
  private final Grace grace;
  private final NodeState state;
  private final Hooks hooks;
  private final EnforcedInterfaces interfaces;
  private final HeldInterfaces held;
  private final Succession succession;
  private final Adoption adoption;

  private LibbpfDatapath(DatapathSettings settings, Opened opened, LongSupplier nanos) {
    this.settings = settings;
    this.layout = new PinLayout(settings.root());
    this.grace = opened.grace();
    this.state = opened.state();
    this.hooks = new Hooks(layout, settings, state.maps().kernel());
    this.interfaces = new EnforcedInterfaces(state.endpoints(), hooks, nanos);
    this.held = new HeldInterfaces(settings.unknownAllowed() ? HELD_WITHOUT_US : Duration.ZERO);
    this.succession = new Succession(layout, state, hooks);
    hooks.warmUp();
    hooks.adopt();
    interfaces.adopt();
    this.adoption = succession.begin(opened, interfaces);
  }

  /** Adopts what is pinned, or begins anew; everything unreadable stays beside until taken over. */
  public static LibbpfDatapath open(DatapathSettings settings) {
    return open(settings, System::nanoTime);
  }

  static LibbpfDatapath open(DatapathSettings settings, LongSupplier nanos) {
    Opened opened = Opened.at(settings, nanos);
    try {
      return new LibbpfDatapath(settings, opened, nanos);
    } catch (RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  @Override
  public Adoption adoption() {
    return adoption;
  }

  @Override
  public ObservedState observed() {
    return state.observed();
  }

  @Override
  public Capacities capacities() {
    return state.capacities();
  }

  @Override
  public void apply(PlanStep step) {
    state.apply(step);
  }

  @Override
  public void apply(Plan plan) {
    state.apply(plan);
  }

  @Override
  public void bind(HostInterface at, PodRef pod) {
    interfaces.guard(at, new InterfaceEntry(at.name(), false, pod), succession.isBeside());
  }

  @Override
  public void guard(HostInterface at) {
    interfaces.guard(at, new InterfaceEntry(at.name(), false, null), succession.isBeside());
  }

  @Override
  public void guardUplink(HostInterface at) {
    interfaces.guard(at, new InterfaceEntry(at.name(), true, null), succession.isBeside());
  }

  @Override
  public void release(int ifindex) {
    interfaces.release(ifindex);
  }

  @Override
  public void hold(Set<String> names) {
    held.hold(names);
  }

  @Override
  public Holding holding() {
    return held.holding();
  }

  @Override
  public Set<HostInterface> guarded() {
    return interfaces.guarded();
  }

  @Override
  public Map<HostInterface, PodRef> owners() {
    return interfaces.owners();
  }

  @Override
  public void takeOver() {
    succession.takeOver(interfaces.places());
  }

  @Override
  public void sweep() {
    interfaces.sweep();
  }

  @Override
  public Inspection check() {
    int settled = interfaces.isQuiet(QUIET) ? SETTLED_AT_ONCE : 0;
    Inspection found =
        new Inspector(layout, state, hooks, held)
            .inspect(!succession.isBeside(), interfaces.places(), settled);
    if (state.slots().wantsEpochMoved()) {
      state.judgeAgain();
    }
    return found;
  }

  /** Gives interfaces that have filters only their links; says how many hooks got one. */
  int settle(int most) {
    List<HookPlace> some =
        interfaces.places().stream().filter(hooks::isUnsettled).limit(most).toList();
    some.forEach(hooks::settle);
    return some.size();
  }

  @Override
  public void countAs(CounterNames names) {
    state.slots().countAs(names);
  }

  @Override
  public Map<Integer, WorkloadRef> countedFor() {
    return state.countedFor();
  }

  @Override
  public Tally counters() {
    return state.slots().tally();
  }

  @Override
  public SlotMeaning meaning(int slot) {
    return state.slots().meaning(slot);
  }

  @Override
  public io.merlon.datapath.Datapath kernel() {
    return state.maps().kernel();
  }

  @Override
  public void detachEverything() {
    hooks.close();
    held.close();
    Detachment.of(settings).run();
  }

  /** Removes everything of ours that any process left, running or not. */
  public static void detachEverything(DatapathSettings settings) {
    Detachment.of(settings).run();
  }

  @Override
  public void close() {
    hooks.close();
    held.close();
    state.maps().close();
    grace.close();
  }
}
