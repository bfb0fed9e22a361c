package io.merlon.agent.loop;

import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.glass.Glass;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.observe.NameBook;
import io.merlon.agent.observe.SeriesNames;
import io.merlon.agent.program.Datapath;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Follows what it is told: compiles, plans, applies. It belongs to one thread, which calls {@link
 * #doWork} whenever there is something to do; only {@link #view} is for others.
 *
 * <p>Invariants. Until all is known, nothing that is enforced changes. What fails is tried again
 * from the state that is then, not from where it failed. When it ends, enforcement stays.
 */
public final class AgentLoop {
  private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);

  private final Datapath datapath;
  private final Upkeep upkeep;
  private final Learner learner;
  private final Enforcer enforcer;
  private final Glass glass;
  private final LongSupplier nanoTime;
  private final SeriesNames names = new SeriesNames();
  private final NameBook book;
  private final Latencies latencies = new Latencies();
  private LoopState state;
  private Optional<Trouble> trouble = Optional.empty();
  private long batches;
  private long nextTry = Long.MAX_VALUE;
  private volatile long worked;
  private volatile long well;
  private volatile AgentView view;

  /** What the loop works with; all of it is the loop's alone. */
  public record Parts(
      Datapath datapath, IncrementalCompiler compiler, PodInterfaces interfaces, Glass glass) {
    /** Where nobody can break the glass by a command. */
    public Parts(Datapath datapath, IncrementalCompiler compiler, PodInterfaces interfaces) {
      this(datapath, compiler, interfaces, Glass.ofAnnotations());
    }
  }

  /**
   * Knows nothing yet, and does nothing before it is told something.
   *
   * @param nanoTime a clock that only runs forward
   */
  public AgentLoop(LoopSettings settings, Parts parts, LongSupplier nanoTime) {
    this.datapath = parts.datapath();
    this.book = new NameBook(parts.compiler(), nanoTime);
    this.learner = new Learner(parts.compiler(), parts.interfaces(), book);
    datapath.countAs(names);
    this.glass = parts.glass();
    this.enforcer = new Enforcer(datapath, parts.interfaces(), settings);
    this.upkeep = new Upkeep(datapath, settings.checkEvery(), nanoTime.getAsLong());
    this.nanoTime = nanoTime;
    this.state = learner.nothing(datapath.owners());
    this.worked = nanoTime.getAsLong();
    this.well = worked;
    this.view = look();
  }

  /** What the loop knows and did; for any thread. */
  public AgentView view() {
    return view;
  }

  /** How long ago it last came round; for any thread. */
  public Duration sinceWork() {
    return Duration.ofNanos(nanoTime.getAsLong() - worked);
  }

  /**
   * For how long something has been failing that is tried again and again, applying or repairing;
   * for any thread. What does not fit is not tried.
   */
  public Duration sinceWell() {
    return view.isWell() ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - well);
  }

  /**
   * Does what is to be done.
   *
   * @param batch what was told since the last time, perhaps nothing
   * @return after how many nanoseconds there is something to do even if nothing is told
   */
  public long doWork(Batch batch) {
    glass.learn(batch.cluster());
    boolean broken = glass.look();
    state = state.with(glass.current());
    if (!batch.isEmpty()) {
      batches++;
      boolean following = enforcer.isSettledIn();
      state = learner.after(state, batch);
      batch.links().forEach(this::forgetVanished);
      if (batch.cluster().isEmpty()) {
        enforcer.attachArmed(state);
      }
      enforce();
      if (!batch.cluster().isEmpty() && following && trouble.isEmpty()) {
        latencies.add(nanoTime.getAsLong() - batch.since());
      }
    } else if (broken || (nanoTime.getAsLong() - nextTry >= 0 && nextTry != Long.MAX_VALUE)) {
      enforce();
    }
    if (upkeep.due(nanoTime.getAsLong()) <= 0) {
      upkeep.look(nanoTime.getAsLong());
    }
    batch.looks().forEach(visitor -> visitor.accept(new Inside(datapath, book)));
    view = look();
    long now = nanoTime.getAsLong();
    worked = now;
    if (view.isWell()) {
      well = now;
    }
    long untilTry = nextTry == Long.MAX_VALUE ? Long.MAX_VALUE : nextTry - now;
    return Math.max(0, Math.min(glass.due(), Math.min(upkeep.due(now), untilTry)));
  }

  private void forgetVanished(LinkEvent event) {
    if (event instanceof LinkEvent.Vanished(var link)) {
      enforcer.attacher().vanished(link.ifindex());
    }
  }

  private void enforce() {
    names.follow(state.policy(), state.isKnown());
    boolean wasSettledIn = enforcer.isSettledIn();
    Optional<Trouble> before = trouble;
    trouble = enforcer.enforce(state);
    if (enforcer.isPlanned()) {
      learner.settled();
    }
    if (enforcer.isPlanned() && trouble.isEmpty()) {
      state = state.enforced();
    }
    nextTry =
        trouble.isPresent() && trouble.get() instanceof Trouble.Failed
            ? nanoTime.getAsLong() + enforcer.backoff().delay().toNanos()
            : Long.MAX_VALUE;
    if (trouble.isPresent() && !trouble.equals(before)) {
      tell(trouble.get());
    }
    if (!wasSettledIn && enforcer.isSettledIn()) {
      LOG.atInfo().addKeyValue("pods", state.policy().pods().size()).log("all is enforced");
    }
  }

  /** An interface may vanish while it is attached to: then the next try finds nothing to do. */
  private static void tell(Trouble trouble) {
    boolean first = trouble instanceof Trouble.Failed(_, int attempts) && attempts == 1;
    LOG.atLevel(first ? Level.WARN : Level.ERROR)
        .addKeyValue("reason", trouble.text())
        .log("not enforced");
  }

  private AgentView look() {
    return new AgentView(
        new AgentView.Progress(
            datapath.adoption(), state.cluster(), state.links().synced(), enforcer.isEnforcing()),
        state.policy(),
        datapath.observed(),
        state.inForce(),
        state.policies(),
        state.breaks(),
        enforcer.attacher().hooks(),
        enforcer.held(upkeep.holding()),
        upkeep.damages(),
        trouble,
        new AgentView.Counts(
            batches,
            learner.events(),
            enforcer.plans(),
            enforcer.steps(),
            enforcer.attempts(upkeep.failures()),
            upkeep.repairs(),
            latencies.summary()));
  }
}
