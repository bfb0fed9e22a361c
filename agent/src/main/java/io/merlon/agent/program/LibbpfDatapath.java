package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.program.Hooks.Place;
import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.datapath.Hook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

  private final DatapathSettings settings;
  private final LongSupplier nanos;
  private final PinLayout layout;
  private final Grace grace;
  private final NodeState state;
  private final Hooks hooks;
  private final Adoption adoption;

  /** Interfaces bound or guarded since the start. */
  private final Set<Integer> known = new HashSet<>();

  private long lastPut;

  /** Whether old programs are still to be replaced, see {@link Adoption.Beside}. */
  private boolean beside;

  private LibbpfDatapath(DatapathSettings settings, Opened opened, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
    this.lastPut = nanos.getAsLong();
    this.layout = new PinLayout(settings.root());
    this.grace = opened.grace();
    this.state = opened.state();
    this.hooks = new Hooks(layout, settings, state.maps().kernel());
    this.beside = opened.reason() != null;
    hooks.warmUp();
    hooks.adopt();
    this.adoption = begin(opened);
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

  private Adoption begin(Opened opened) {
    if (opened.reason() != null) {
      layout.generations().stream()
          .filter(other -> !other.equals(generation()))
          .forEach(state.maps().ledger()::include);
      return new Adoption.Beside(opened.reason());
    }
    if (opened.fresh()) {
      layout.putInForce(generation());
      return new Adoption.Fresh();
    }
    Set<Place> there = new HashSet<>();
    wanted().stream().filter(hooks::isAt).forEach(there::add);
    int different = hooks.different(there);
    there.forEach(hooks::put);
    return new Adoption.Adopted(state.endpoints().interfaces().size(), different);
  }

  private Generation generation() {
    return state.maps().generation();
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
    ObservedState after = state.observed().after(step);
    state.execute(step);
    state.reached(after);
  }

  @Override
  public void apply(Plan plan) {
    List<PlanStep> steps = plan.steps();
    int done = 0;
    try {
      while (done < steps.size()) {
        state.execute(steps.get(done));
        done++;
      }
      state.reached(plan.result());
    } catch (RuntimeException failure) {
      for (PlanStep step : steps.subList(0, done)) {
        state.reached(state.observed().after(step));
      }
      throw failure;
    }
  }

  @Override
  public void bind(HostInterface at, PodRef pod) {
    guard(at, new InterfaceEntry(at.name(), false, pod));
  }

  @Override
  public void guard(HostInterface at) {
    guard(at, new InterfaceEntry(at.name(), false, null));
  }

  @Override
  public void guardUplink(HostInterface at) {
    guard(at, new InterfaceEntry(at.name(), true, null));
  }

  private void guard(HostInterface at, InterfaceEntry entry) {
    known.add(at.ifindex());
    state.endpoints().enter(at.ifindex(), entry);
    for (Place place : places(at.ifindex(), entry)) {
      if (beside ? !hooks.isAt(place) : !hooks.isCurrent(place)) {
        hooks.put(place);
        lastPut = nanos.getAsLong();
      }
    }
  }

  private static List<Place> places(int ifindex, InterfaceEntry entry) {
    return Hooks.of(entry.uplink()).stream().map(hook -> new Place(ifindex, hook)).toList();
  }

  private Set<Place> wanted() {
    Set<Place> wanted = new HashSet<>();
    state.endpoints().interfaces().forEach((i, entry) -> wanted.addAll(places(i, entry)));
    return wanted;
  }

  @Override
  public void release(int ifindex) {
    known.remove(ifindex);
    for (Hook hook : Hook.values()) {
      hooks.remove(new Place(ifindex, hook));
    }
    state.endpoints().leave(ifindex);
  }

  @Override
  public Set<HostInterface> guarded() {
    Set<HostInterface> guarded = new HashSet<>();
    for (Map.Entry<Integer, InterfaceEntry> entry : state.endpoints().interfaces().entrySet()) {
      guarded.add(new HostInterface(entry.getKey(), entry.getValue().name()));
    }
    return guarded;
  }

  @Override
  public void takeOver() {
    if (!beside) {
      return;
    }
    FlowMigration flows = new FlowMigration(kernel(), 0);
    List<Generation> old = new ArrayList<>(layout.generations());
    old.removeIf(generation()::equals);
    old.forEach(flows::from);
    Set<Place> all = wanted();
    all.addAll(hooks.linked());
    all.stream().filter(hooks::isAt).forEach(hooks::put);
    old.forEach(flows::from); // what was opened meanwhile
    state.maps().ledger().closeOldBooks();
    layout.putInForce(generation());
    old.forEach(layout::remove);
    beside = false;
  }

  @Override
  public void sweep() {
    Set<Integer> stray = new HashSet<>(state.endpoints().interfaces().keySet());
    hooks.linked().forEach(place -> stray.add(place.ifindex()));
    stray.removeAll(known);
    stray.forEach(this::release);
    state.endpoints().sweep();
    hooks.removeStrayFilters(known);
  }

  @Override
  public Inspection check() {
    boolean quiet = nanos.getAsLong() - lastPut > QUIET;
    Inspection found =
        new Inspector(layout, state, hooks).inspect(!beside, wanted(), quiet ? SETTLED_AT_ONCE : 0);
    if (state.slots().wantsEpochMoved()) {
      state.judgeAgain();
    }
    return found;
  }

  /** Gives interfaces that have filters only their links; says how many hooks got one. */
  int settle(int most) {
    List<Place> some = wanted().stream().filter(hooks::isUnsettled).limit(most).toList();
    some.forEach(hooks::settle);
    return some.size();
  }

  @Override
  public void countAs(CounterNames names) {
    state.slots().countAs(names);
  }

  @Override
  public Map<Integer, WorkloadRef> countedFor() {
    Map<Integer, WorkloadRef> owners = new HashMap<>();
    for (Integer subject : state.observed().subjects().keySet()) {
      owners.put(subject, state.maps().ledger().owner(subject));
    }
    return owners;
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
    Detachment.of(settings).run();
  }

  /** Removes everything of ours that any process left, running or not. */
  public static void detachEverything(DatapathSettings settings) {
    Detachment.of(settings).run();
  }

  @Override
  public void close() {
    hooks.close();
    state.maps().close();
    grace.close();
  }
}
