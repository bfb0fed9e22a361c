package io.merlon.agent.loop;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.HostInterface;
import io.merlon.bpf.BpfException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the kernel to what the loop's state asks for: tables and endpoints by a plan, then
 * programs at interfaces. What fails is said and done again later; what does not depend on it goes
 * on.
 */
final class Enforcer {
  private static final Logger LOG = LoggerFactory.getLogger(Enforcer.class);

  private final Datapath datapath;
  private final LoopSettings settings;
  private final Planner planner;
  private final Map<Integer, HookUse> hooks = new TreeMap<>();
  private final Map<Integer, HostInterface> names = new TreeMap<>();
  private boolean settledIn;
  private long plans;
  private long steps;
  private Backoff backoff = Backoff.NONE;

  Enforcer(Datapath datapath, LoopSettings settings) {
    this.datapath = datapath;
    this.settings = settings;
    this.planner = new Planner(datapath.capacities());
  }

  /** What came of it; no trouble means that the kernel holds what the state asks for. */
  Optional<Trouble> enforce(LoopState state) {
    Failures failures = new Failures();
    Optional<Trouble> refused = Optional.empty();
    if (state.isKnown()) {
      try {
        refused = apply(state);
      } catch (BpfException e) {
        failures.add(e);
      }
    }
    hook(state, failures);
    if (state.isKnown() && refused.isEmpty() && !failures.any()) {
      settleIn(failures);
    }
    backoff = failures.any() ? backoff.failed() : Backoff.NONE;
    return failures.any()
        ? Optional.of(new Trouble.Failed(failures.first(), backoff.failures()))
        : refused;
  }

  private Optional<Trouble> apply(LoopState state) {
    DesiredState desired =
        Desired.of(state.policy(), state.links(), datapath.observed(), datapath.capacities());
    Plan plan = planner.plan(datapath.observed(), desired);
    if (plan.isRefused()) {
      return Optional.of(new Trouble.TooMuch(plan.refusals()));
    }
    datapath.apply(plan);
    if (!plan.steps().isEmpty()) {
      plans++;
      steps += plan.steps().size();
      LOG.atDebug().addKeyValue("steps", plan.steps().size()).log("a plan was applied");
    }
    return Optional.empty();
  }

  private void hook(LoopState state, Failures failures) {
    PersistentMap<Integer, Link> links = state.links().links();
    for (Integer ifindex : Map.copyOf(hooks).keySet()) {
      if (!links.containsKey(ifindex)) {
        release(ifindex, failures);
      }
    }
    HookUse.wanted(state, datapath.observed(), settings)
        .forEach((ifindex, use) -> {
          Link link = links.get(ifindex);
          if (link != null && !use.equals(hooks.get(ifindex))) {
            hook(new HostInterface(ifindex, link.name()), use, failures);
          }
        });
  }

  private void hook(HostInterface at, HookUse use, Failures failures) {
    try {
      switch (use) {
        case HookUse.OfPod(var pod) -> datapath.bind(at, pod);
        case HookUse.OfUnknown() -> datapath.guard(at);
        case HookUse.OfUplink() -> datapath.guardUplink(at);
      }
      hooks.put(at.ifindex(), use);
      names.put(at.ifindex(), at);
      LOG.atDebug().addKeyValue("interface", at).addKeyValue("use", use).log("attached");
    } catch (BpfException e) {
      failures.add(e);
    }
  }

  private void release(int ifindex, Failures failures) {
    try {
      datapath.release(ifindex);
      hooks.remove(ifindex);
      names.remove(ifindex);
    } catch (BpfException e) {
      failures.add(e);
    }
  }

  /** Once, when everything known is enforced: what nobody needs any more goes. */
  private void settleIn(Failures failures) {
    if (settledIn) {
      return;
    }
    try {
      datapath.takeOver();
      datapath.sweep();
      settledIn = true;
    } catch (BpfException e) {
      failures.add(e);
    }
  }

  /** Whether everything told was in the kernel once, and what was left over is gone. */
  boolean isSettledIn() {
    return settledIn;
  }

  Backoff backoff() {
    return backoff;
  }

  long plans() {
    return plans;
  }

  long steps() {
    return steps;
  }

  Map<HostInterface, HookUse> hooks() {
    Map<HostInterface, HookUse> byInterface = new HashMap<>();
    hooks.forEach((ifindex, use) -> byInterface.put(names.get(ifindex), use));
    return Map.copyOf(byInterface);
  }

  private static final class Failures {
    private @Nullable BpfException first;

    void add(BpfException e) {
      if (first == null) {
        first = e;
      }
    }

    boolean any() {
      return first != null;
    }

    String first() {
      return first == null ? "" : String.valueOf(first.getMessage());
    }
  }
}
