package io.merlon.datapath.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Datapath;
import io.merlon.datapath.kernel.KernelTarget;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A million random packets, and random changes between them, through the programs in the kernel and
 * through the model. {@code -Dmerlon.fuzz.seed=...} lives the same lives again; {@code
 * -Dmerlon.fuzz.packets=...} says how many packets.
 */
class RandomPacketTest {
  private static final long PACKETS = Long.getLong("merlon.fuzz.packets", 1_000_000);

  @Test
  void modelAndKernelAgree() {
    long start = System.nanoTime();
    long seed = Long.getLong("merlon.fuzz.seed", start);
    System.out.printf("fuzzer: seed %d, %d packets%n", seed, PACKETS);
    try (KernelTarget kernel = new KernelTarget(Datapath.spec())) {
      long sent = new PacketFuzzer(kernel).run(seed, PACKETS);
      System.out.printf(
          "fuzzer: %d packets agree after %d s (seed %d)%n",
          sent, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), seed);
      assertTrue(sent >= PACKETS);
    }
  }
}
