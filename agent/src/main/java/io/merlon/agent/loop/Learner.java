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
import io.merlon.agent.program.HostInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the loop's state of what is told: compiles policies, and finds whose each interface is. It
 * touches nothing.
 */
final class Learner {
  private static final Logger LOG = LoggerFactory.getLogger(Learner.class);

  private final IncrementalCompiler compiler;
  private final PodInterfaces interfaces;
  private final NameBook book;
  private long events;

  Learner(IncrementalCompiler compiler, PodInterfaces interfaces, NameBook book) {
    this.compiler = compiler;
    this.interfaces = interfaces;
    this.book = book;
  }

  /** What is known before anything is told: whose the interfaces were for an earlier process. */
  LoopState nothing(Map<HostInterface, PodRef> left) {
    return LoopState.knowing(compiler.current(), LinkState.leftBy(left));
  }

  /** The state after a batch. */
  LoopState after(LoopState before, Batch batch) {
    LoopState state = before;
    for (LinkEvent event : batch.links()) {
      if (event instanceof LinkEvent.Ended(var reason)) {
        // Pods would come that nobody attaches to: better to start again.
        throw new IllegalStateException("interfaces are no longer told: " + reason);
      }
      state = matched(state.with(state.links().after(event)), interfaces.on(event));
    }
    if (!batch.cluster().isEmpty()) {
      state = after(state, batch.cluster());
    }
    if (batch.synced().isPresent()) {
      state = state.with(batch.synced().get());
      LOG.atInfo().addKeyValue("known", batch.synced().get()).log("cluster state");
    }
    return state;
  }

  private LoopState after(LoopState before, List<ClusterEvent> changes) {
    events += changes.size();
    PolicyRevisions revisions = before.policies();
    for (ClusterEvent event : changes) {
      revisions = revisions.seen(event);
    }
    changes.forEach(book::leaving);
    CompiledPolicy compiled = compiler.apply(changes);
    List<LinkMatch> matches = new ArrayList<>();
    ModeLog modes = new ModeLog(changes);
    before
        .policy()
        .pods()
        .changes(
            compiled.pods(),
            (pod, was, is) -> {
              matches.addAll(expected(pod, was, is));
              modes.tell(was, is);
            });
    return matched(before.with(compiled).with(revisions), matches);
  }

  private List<LinkMatch> expected(PodRef pod, @Nullable LocalPod was, @Nullable LocalPod is) {
    if (is == null) {
      return interfaces.forget(pod);
    }
    return was != null && was.addresses().equals(is.addresses())
        ? List.of()
        : interfaces.expect(pod, is.addresses());
  }

  private static LoopState matched(LoopState before, List<LinkMatch> matches) {
    LoopState state = before;
    for (LinkMatch match : matches) {
      state = state.with(state.links().after(match));
    }
    return state;
  }

  /** The kernel holds what was compiled last: numbers without a meaning may get another one. */
  void settled() {
    compiler.settled();
  }

  /** How many changes of the cluster were told. */
  long events() {
    return events;
  }
}
