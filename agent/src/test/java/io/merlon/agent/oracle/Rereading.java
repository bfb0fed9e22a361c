package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import java.util.function.UnaryOperator;

/**
 * An engine over a world that was changed first. Where the change is a mistake somebody could make,
 * answers differ that must differ; where it is another way to write the same, none does.
 *
 * @param item what the change stands for
 */
record Rereading(PolicyEngine engine, String item, UnaryOperator<ClusterSnapshot> change)
    implements PolicyEngine {
  /** A mistake, made by the oracle. */
  Rereading(String item, UnaryOperator<ClusterSnapshot> change) {
    this(Oracle.ENGINE, item, change);
  }

  @Override
  public Judge over(ClusterSnapshot cluster) {
    return engine.over(change.apply(cluster));
  }

  @Override
  public String name() {
    return engine.name() + " reading '" + item + "'";
  }
}
