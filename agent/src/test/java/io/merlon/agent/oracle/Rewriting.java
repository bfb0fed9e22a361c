package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;

/** A way to write a world differently that must not change what it means. */
record Rewriting(String name, Rewriter rewriter) {
  /** The world anew; {@code dice} decide where there are several ways. */
  interface Rewriter {
    ClusterSnapshot rewrite(ClusterSnapshot cluster, Dice dice);
  }

  /** An engine that is given the world rewritten. */
  Rereading by(PolicyEngine engine, long seed) {
    return new Rereading(engine, name, cluster -> rewriter.rewrite(cluster, new Dice(seed)));
  }
}
