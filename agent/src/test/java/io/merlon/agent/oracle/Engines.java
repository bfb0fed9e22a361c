package io.merlon.agent.oracle;

import java.util.ArrayList;
import java.util.List;

/** Who must answer the cases: the oracle, and every way the engine can be asked. */
final class Engines {
  private Engines() {}

  /** The engine, in each way that it is used. */
  static List<PolicyEngine> underTest() {
    return List.of(CompilerEngine.values());
  }

  /** Those and the oracle: hand-written expectations bind it too. */
  static List<PolicyEngine> all() {
    List<PolicyEngine> all = new ArrayList<>(List.of(Oracle.ENGINE));
    all.addAll(underTest());
    return all;
  }
}
