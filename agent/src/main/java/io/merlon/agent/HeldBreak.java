package io.merlon.agent;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.glass.Boot;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.Scope;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.program.KernelContent.Guarded;
import io.merlon.agent.program.PinnedMaps;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What the kernel holds of a break: the maps are asked, and not the agent. */
final class HeldBreak {
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** In seconds: two readings of when the node was booted may differ by so much. */
  private static final int CLOCKS = 4;

  private final Path root;
  private final Scope scope;

  HeldBreak(Path root, Scope scope) {
    this.root = root;
    this.scope = scope;
  }

  /**
   * How many pods there are, and how many of them are not yet as they should be.
   *
   * @param left those, once time was given to a living agent
   */
  record Count(int pods, int left) {}

  /** How many are enforced, or will be before the break is over. */
  Count untilSuspended(Break broken) throws InterruptedException {
    long nearEnd = Boot.second(broken.until()) - CLOCKS;
    return await(endpoint -> endpoint.asOf(Math.max(second(), nearEnd)).mode() == Mode.ENFORCE);
  }

  /** How many are still suspended, by whatever break. */
  Count untilEnforced() throws InterruptedException {
    return await(endpoint -> endpoint.asOf(second()).end() != 0);
  }

  private static long second() {
    return Boot.second(Instant.now());
  }

  private Count await(Predicate<Endpoint> isLeft) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<Endpoint> endpoints = endpoints();
      int left = (int) endpoints.stream().filter(isLeft).count();
      if (left == 0 || System.nanoTime() - deadline > 0) {
        return new Count(endpoints.size(), left);
      }
      Thread.sleep(LOOK);
    }
  }

  private List<Endpoint> endpoints() {
    Map<Object, Endpoint> found = new HashMap<>();
    try (PinnedMaps maps = PinnedMaps.open(root)) {
      for (Guarded at : maps.interfaces().values()) {
        if (at.pod() != null && at.endpoint() != null && scope.covers(at.pod())) {
          found.put(at.pod(), at.endpoint());
        }
      }
    }
    return List.copyOf(found.values());
  }
}
