package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.LinkMatch;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.observe.NameBook;
import io.merlon.agent.observe.SeriesNames;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private final IncrementalCompiler compiler;
  private final PodInterfaces interfaces;
  private final Enforcer enforcer;
  private final LongSupplier nanoTime;
  private final SeriesNames names = new SeriesNames();
  private final NameBook book;
  private final Latencies latencies = new Latencies();
  private LoopState state;
  private Optional<Trouble> trouble = Optional.empty();
  private long batches;
  private long events;
  private long nextTry = Long.MAX_VALUE;
  private volatile long worked;
  private volatile AgentView view;

  /** What the loop works with; all of it is the loop's alone. */
  public record Parts(Datapath datapath, IncrementalCompiler compiler, PodInterfaces interfaces) {}

  /**
   * Knows nothing yet, and does nothing before it is told something.
   *
   * @param nanoTime a clock that only runs forward
   */
  public AgentLoop(LoopSettings settings, Parts parts, LongSupplier nanoTime) {
    this.datapath = parts.datapath();
    this.compiler = parts.compiler();
    this.interfaces = parts.interfaces();
    this.book = new NameBook(compiler, nanoTime);
    datapath.countAs(names);
    this.enforcer = new Enforcer(datapath, settings);
    this.upkeep = new Upkeep(datapath, settings.checkEvery(), nanoTime.getAsLong());
    this.nanoTime = nanoTime;
    this.state =
        new LoopState(SyncState.NOTHING, compiler.current(), LinkState.EMPTY, PolicyRevisions.NONE);
    this.worked = nanoTime.getAsLong();
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
   * Does what is to be done.
   *
   * @param batch what was told since the last time, perhaps nothing
   * @return after how many nanoseconds there is something to do even if nothing is told
   */
  public long doWork(Batch batch) {
    if (!batch.isEmpty()) {
      batches++;
      boolean following = enforcer.isSettledIn();
      learn(batch);
      if (batch.cluster().isEmpty()) {
        enforcer.attachArmed(state);
      }
      enforce();
      if (!batch.cluster().isEmpty() && following && trouble.isEmpty()) {
        latencies.add(nanoTime.getAsLong() - batch.since());
      }
    } else if (nanoTime.getAsLong() - nextTry >= 0 && nextTry != Long.MAX_VALUE) {
      enforce();
    }
    if (upkeep.due(nanoTime.getAsLong()) <= 0) {
      upkeep.look(nanoTime.getAsLong());
    }
    batch.looks().forEach(visitor -> visitor.accept(new Inside(datapath, book)));
    view = look();
    long now = nanoTime.getAsLong();
    worked = now;
    long untilTry = nextTry == Long.MAX_VALUE ? Long.MAX_VALUE : nextTry - now;
    return Math.max(0, Math.min(upkeep.due(now), untilTry));
  }

  private void learn(Batch batch) {
    for (LinkEvent event : batch.links()) {
      state = state.with(state.links().after(event));
      if (event instanceof LinkEvent.Vanished(var link)) {
        enforcer.attacher().vanished(link.ifindex());
      }
      if (event instanceof LinkEvent.Ended(var reason)) {
        // Pods would come that nobody attaches to: better to start again.
        throw new IllegalStateException("interfaces are no longer told: " + reason);
      }
      matched(interfaces.on(event));
    }
    if (!batch.cluster().isEmpty()) {
      learn(batch.cluster());
    }
    batch
        .synced()
        .ifPresent(synced -> {
          state = state.with(synced);
          LOG.atInfo().addKeyValue("known", synced).log("cluster state");
        });
  }

  private void learn(List<ClusterEvent> changes) {
    events += changes.size();
    PolicyRevisions revisions = state.policies();
    for (ClusterEvent event : changes) {
      revisions = revisions.seen(event);
    }
    changes.forEach(book::leaving);
    CompiledPolicy before = state.policy();
    CompiledPolicy after = compiler.apply(changes);
    state = state.with(after).with(revisions);
    List<LinkMatch> matches = new ArrayList<>();
    ModeLog modes = new ModeLog(changes);
    before
        .pods()
        .changes(
            after.pods(),
            (pod, was, is) -> {
              matches.addAll(expected(pod, was, is));
              modes.tell(was, is);
            });
    matched(matches);
  }

  private List<LinkMatch> expected(PodRef pod, @Nullable LocalPod was, @Nullable LocalPod is) {
    if (is == null) {
      return interfaces.forget(pod);
    }
    return was != null && was.addresses().equals(is.addresses())
        ? List.of()
        : interfaces.expect(pod, is.addresses());
  }

  private void matched(List<LinkMatch> matches) {
    for (LinkMatch match : matches) {
      state = state.with(state.links().after(match));
    }
  }

  private void enforce() {
    names.follow(state.policy(), state.isKnown());
    boolean wasSettledIn = enforcer.isSettledIn();
    Optional<Trouble> before = trouble;
    trouble = enforcer.enforce(state);
    if (enforcer.isPlanned()) {
      compiler.settled();
    }
    if (enforcer.isPlanned() && trouble.isEmpty()) {
      state = state.with(state.policies().enforced());
    }
    nextTry =
        trouble.isPresent() && trouble.get() instanceof Trouble.Failed
            ? nanoTime.getAsLong() + enforcer.backoff().delay().toNanos()
            : Long.MAX_VALUE;
    if (trouble.isPresent() && !trouble.equals(before)) {
      LOG.atError().addKeyValue("reason", trouble.get().text()).log("not enforced");
    }
    if (!wasSettledIn && enforcer.isSettledIn()) {
      LOG.atInfo().addKeyValue("pods", state.policy().pods().size()).log("all is enforced");
    }
  }

  private AgentView look() {
    return new AgentView(
        new AgentView.Progress(
            datapath.adoption(), state.cluster(), state.links().synced(), enforcer.isSettledIn()),
        state.policy(),
        datapath.observed(),
        state.policies(),
        enforcer.attacher().hooks(),
        upkeep.damages(),
        trouble,
        new AgentView.Counts(
            batches,
            events,
            enforcer.plans(),
            enforcer.steps(),
            enforcer.attempts(upkeep.failures()),
            upkeep.repairs(),
            latencies.summary()));
  }
}
