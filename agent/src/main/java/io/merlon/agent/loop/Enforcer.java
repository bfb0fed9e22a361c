package io.merlon.agent.loop;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.Holding;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
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
  private final PodInterfaces interfaces;
  private final LoopSettings settings;
  private final Planner planner;
  private final Attacher attacher;

  /** The pods over which a break was seen to hold. */
  private final Set<PodRef> begun = new HashSet<>();

  private boolean planned;
  private boolean settledIn;
  private long plans;
  private long steps;
  private long failed;
  private long refused;
  private Backoff backoff = Backoff.NONE;
  private Set<PodRef> waiting = Set.of();
  private int heldNames;

  Enforcer(Datapath datapath, PodInterfaces interfaces, LoopSettings settings) {
    this.datapath = datapath;
    this.interfaces = interfaces;
    this.settings = settings;
    this.planner = new Planner(datapath.capacities());
    this.attacher = new Attacher(datapath, settings);
  }

  /**
   * Attaches to interfaces that have just come before anything is planned: what is armed for their
   * pods is in the kernel, and a new pod does not wait. What fails is tried again by {@link
   * #enforce}.
   */
  void attachArmed(LoopState state) {
    if (settledIn) {
      attacher.attach(state, new Failures());
    }
  }

  /** What came of it; no trouble means that the kernel holds what the state asks for. */
  Optional<Trouble> enforce(LoopState state) {
    Failures failures = new Failures();
    Optional<Trouble> refused = Optional.empty();
    if (state.isKnown()) {
      refused = apply(state, failures);
    }
    if (!state.isKnown() || refused.isPresent()) {
      suspend(state, failures);
    }
    noteBegun(state);
    planned = state.isKnown() && refused.isEmpty() && !failures.any();
    attacher.attach(state, failures);
    if (state.isKnown()) {
      failures.survive(() -> hold(state));
    }
    if (planned) {
      settleIn(failures);
    }
    backoff = failures.any() ? backoff.failed() : Backoff.NONE;
    return failures.any()
        ? Optional.of(new Trouble.Failed(failures.first(), backoff.failures()))
        : refused;
  }

  private void hold(LoopState state) {
    Held held =
        new Held(
                state,
                datapath.observed(),
                attacher.bound(),
                attacher.failing(),
                settings.untilKnown())
            .under(interfaces);
    waiting = held.waiting();
    Set<String> names = held.names();
    heldNames = names.size();
    datapath.hold(names);
  }

  /**
   * What is held, and for whom.
   *
   * @param holding as it was when it was looked at last
   */
  AgentView.HeldNow held(Holding holding) {
    return new AgentView.HeldNow(waiting, heldNames, holding.from(), holding.to());
  }

  private Optional<Trouble> apply(LoopState state, Failures failures) {
    DesiredState desired = Desired.of(state, datapath.observed(), datapath.capacities());
    Plan plan = planner.plan(datapath.observed(), desired);
    if (plan.isRefused()) {
      refused++;
      return Optional.of(new Trouble.TooMuch(plan.refusals()));
    }
    if (!failures.survive(() -> datapath.apply(plan))) {
      failed++;
    } else if (!plan.steps().isEmpty()) {
      plans++;
      steps += plan.steps().size();
      LOG.atDebug().addKeyValue("steps", plan.steps().size()).log("a plan was applied");
    }
    return Optional.empty();
  }

  /** The glass is broken, and whole again, whatever else cannot be done. */
  private void suspend(LoopState state, Failures failures) {
    Desired.suspending(datapath.observed(), state.breaks(), begun)
        .map(desired -> planner.plan(datapath.observed(), desired))
        .filter(plan -> !plan.isRefused())
        .ifPresent(plan -> failures.survive(() -> datapath.apply(plan)));
  }

  private void noteBegun(LoopState state) {
    begun.retainAll(datapath.observed().endpoints().keySet());
    for (PodRef pod : datapath.observed().endpoints().keySet()) {
      if (state.breaks().covers(pod)) {
        begun.add(pod);
      }
    }
  }

  /** Once, when everything known is enforced: what nobody needs any more goes. */
  private void settleIn(Failures failures) {
    if (!settledIn) {
      settledIn =
          failures.survive(() -> {
            datapath.takeOver();
            datapath.sweep();
          });
    }
  }

  /** Whether the kernel's maps hold what was asked for last, whatever became of interfaces. */
  boolean isPlanned() {
    return planned;
  }

  /** Whether everything told was in the kernel once, and what was left over is gone. */
  boolean isSettledIn() {
    return settledIn;
  }

  /** Whether it was, and not all interfaces there are refuse programs. */
  boolean isEnforcing() {
    return settledIn && !attacher.isNowhere();
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

  /** What was tried so far, besides what others count. */
  AgentView.Attempts attempts(long notRepaired) {
    return new AgentView.Attempts(
        failed, refused, attacher.attached(), attacher.failures(), notRepaired);
  }

  Attacher attacher() {
    return attacher;
  }
}
