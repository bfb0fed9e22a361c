package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.Errno;
import io.merlon.bpf.VerifierException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The maps that were found, or new ones.
 *
 * @param fresh whether they are new
 * @param reason why the ones that are there could not be adopted, null if there were none or they
 *     were
 */
record Opened(NodeState state, Grace grace, boolean fresh, @Nullable String reason)
    implements AutoCloseable {

  static Opened at(DatapathSettings settings, LongSupplier nanos) {
    PinLayout layout = new PinLayout(settings.root());
    layout.create();
    Grace grace = new Grace();
    try {
      return new Opening(settings, nanos, layout, grace).open();
    } catch (RuntimeException failure) {
      grace.close();
      throw failure;
    }
  }

  private record Opening(
      DatapathSettings settings, LongSupplier nanos, PinLayout layout, Grace grace) {
    Opened open() {
      Optional<Generation> inForce = layout.inForce();
      if (inForce.isEmpty()) {
        return layout.linkPins().isEmpty() ? begin(null) : begin("maps are not pinned any more");
      }
      removeOthers(inForce.get());
      String reason;
      try {
        return new Opened(adopt(inForce.get()), grace, false, null);
      } catch (VerifierException refused) {
        throw refused;
      } catch (BpfException failure) {
        if (failure.errno() == Errno.EPERM) {
          throw failure;
        }
        reason = failure.getMessage();
      } catch (IllegalArgumentException contradiction) {
        reason = contradiction.getMessage();
      }
      return begin(reason == null ? "it contradicts itself" : reason);
    }

    /** What was begun and never put in force. */
    private void removeOthers(Generation inForce) {
      List<Generation> others = layout.generations();
      others.stream().filter(other -> !other.equals(inForce)).forEach(layout::remove);
    }

    private NodeState adopt(Generation generation) {
      if (generation.layout() != io.merlon.datapath.Config.LAYOUT) {
        throw new IllegalArgumentException("layout " + generation.layout());
      }
      NodeMaps.requireWhole(generation, settings.entries());
      NodeMaps maps = NodeMaps.load(generation, settings.entries());
      try {
        // The process before us may have given up room that packets still read.
        grace.await(grace.moment());
        return NodeState.adopted(maps, settings, grace, nanos);
      } catch (RuntimeException failure) {
        maps.close();
        throw failure;
      }
    }

    private Opened begin(@Nullable String reason) {
      if (reason == null) {
        layout.generations().forEach(layout::remove);
      }
      NodeMaps maps = NodeMaps.load(layout.begin(), settings.entries());
      try {
        return new Opened(NodeState.empty(maps, settings, grace, nanos), grace, true, reason);
      } catch (RuntimeException failure) {
        maps.close();
        throw failure;
      }
    }
  }

  @Override
  public void close() {
    state.maps().close();
    grace.close();
  }
}
