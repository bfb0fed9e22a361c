package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import java.util.function.UnaryOperator;

/**
 * A mistake somebody could make, as an engine: the oracle over a world that was changed to mean
 * what the mistake makes of it.
 *
 * @param item what of the specification it gets wrong
 */
record WrongReading(String item, UnaryOperator<ClusterSnapshot> misread) implements PolicyEngine {
  @Override
  public Judge over(ClusterSnapshot cluster) {
    return new Oracle(misread.apply(cluster));
  }

  @Override
  public String name() {
    return "wrong reading of " + item;
  }
}
