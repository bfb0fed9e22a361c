package io.merlon.agent.compile;

import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.PortMatch;
import java.util.List;

/**
 * A rule whose peers have become a test of classes.
 *
 * @param test the number of the test, or {@link #ANYONE}
 * @param decision what it decides; unused for {@link Action#PASS}
 */
record TestedRule(int test, Action action, List<PortMatch> ports, Decision decision) {
  /** Stands for a test every address passes. */
  static final int ANYONE = -1;

  boolean matches(Signature peer) {
    return test == ANYONE || peer.passes(test);
  }
}
