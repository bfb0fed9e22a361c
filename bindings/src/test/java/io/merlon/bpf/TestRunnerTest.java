package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Packet after packet. */
@ExtendWith(LeakCheck.class)
class TestRunnerTest {
  private static final int RUNS = 20_000;

  @Test
  void runsWithoutGarbage() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (BpfObject object = TestObjects.spec("basic").load();
        TestRunner runner = object.program("verdict").testRunner(128)) {
      runner.context(SkbContext.NONE.withMark(1));
      int warm = 0;
      for (int i = 0; i < RUNS; i++) {
        warm += runner.run(64);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      int sum = 0;
      for (int i = 0; i < RUNS; i++) {
        runner.packet().putInt(26, i);
        sum += runner.run(64);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(7 * RUNS, warm);
      assertEquals(7 * RUNS, sum);
      assertTrue(allocated < RUNS, allocated + " bytes for " + RUNS + " runs");
      assertEquals(RUNS - 1, runner.data().getInt(26));
    }
  }

  @Test
  void repeatsAndMeasures() {
    RunStatistics statistics = RunStatistics.enable();
    try (statistics;
        BpfObject object = TestObjects.spec("basic").load()) {
      BpfProgram program = object.program("verdict");
      TestRun run = program.testRun(new byte[64], 1000);
      assertTrue(run.durationNanos() > 0 && run.durationNanos() < 100_000);
      assertEquals(1000, program.statistics().runs());
      assertTrue(program.statistics().runNanos() > 0);
    }
  }

  @Test
  void lengthsBeyondItsMemoryAreRefused() {
    try (BpfObject object = TestObjects.spec("basic").load();
        TestRunner runner = object.program("verdict").testRunner(64)) {
      assertThrows(IllegalArgumentException.class, () -> runner.run(65));
      assertThrows(IllegalArgumentException.class, () -> runner.run(-1));
      assertThrows(
          IllegalArgumentException.class, () -> runner.run(new TestRunOptions(new byte[65])));
      assertThrows(IllegalArgumentException.class, () -> runner.repeat(-1));
      assertThrows(
          IllegalArgumentException.class,
          () -> object.program("verdict").testRun(new byte[64], -1));
      assertThrows(IllegalArgumentException.class, () -> object.program("verdict").testRunner(-1));
      assertEquals(7, runner.run(64));
    }
  }

  @Test
  void packetsTheKernelDoesNotTakeAreMeasured() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      for (int length : new int[] {0, 13, 1 << 20}) {
        BpfException failure =
            assertThrows(
                BpfException.class, () -> object.program("verdict").testRun(new byte[length], 1));
        assertEquals(Errno.EINVAL, failure.errno());
        assertTrue(
            failure.getMessage().contains("a packet of " + length + " bytes"),
            failure.getMessage());
      }
    }
  }

  @Test
  void closedItThrowsAndClosesAgain() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      TestRunner runner = object.program("verdict").testRunner(64);
      ByteBuffer packet = runner.packet();
      runner.close();
      runner.close();
      assertThrows(IllegalStateException.class, () -> runner.run(64));
      assertThrows(IllegalStateException.class, () -> packet.get(0));
    }
  }
}
