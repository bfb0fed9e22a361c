package io.merlon.datapath;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.BpfProgram;
import org.junit.jupiter.api.Test;

/**
 * What loading costs: the verifier gives up after a million instructions, and other kernels' count
 * differently ({@code make test-kernels}), so that some distance is kept.
 */
class VerifierCostTest {
  private static final long LIMIT = 100_000;

  @Test
  void everyProgramIsVerifiedWithinTheLimit() {
    try (Datapath datapath = Datapath.load(Datapath.spec())) {
      for (Hook hook : Hook.values()) {
        BpfProgram program = datapath.program(hook);
        long cost = program.statistics().verifiedInstructions();
        System.out.printf("verified instructions of %s: %d%n", program.name(), cost);
        assertTrue(cost > 0 && cost <= LIMIT, program.name() + ": " + cost);
      }
    }
  }
}
