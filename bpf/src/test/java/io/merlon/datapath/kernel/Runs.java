package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import java.util.EnumMap;
import java.util.Map;

/** Test runs of the three programs. */
final class Runs implements AutoCloseable {
  /** The kernel takes no packet longer than a page less its head and tail room. */
  private static final int CAPACITY = 4096;

  private static final int PASS = -1;
  private static final int PASS_MARKED = 0;
  private static final int DROP = 2;

  private final Map<Hook, TestRunner> runners = new EnumMap<>(Hook.class);

  Runs(BpfObject object) {
    for (Hook hook : Hook.values()) {
      String program =
          switch (hook) {
            case FROM_POD -> "from_pod";
            case TO_POD -> "to_pod";
            case UPLINK -> "uplink";
          };
      runners.put(hook, object.program(program).testRunner(CAPACITY));
    }
  }

  /** What becomes of the frame at an interface. */
  Fate fate(Hook hook, int ifindex, Frame frame) {
    TestRunner runner = runners.get(hook);
    if (runner == null || frame.mark() != 0) {
      throw new IllegalArgumentException("a test run cannot set a mark");
    }
    runner.packet().clear().put(frame.bytes());
    runner.context(SkbContext.at(ifindex).withGso(frame.gsoSegments(), frame.gsoSize()));
    int result = runner.run(frame.bytes().length);
    return switch (result) {
      case PASS -> Fate.PASSED;
      case PASS_MARKED -> Fate.MARKED;
      case DROP -> Fate.DROPPED;
      default -> throw new IllegalStateException(hook + " returned " + result);
    };
  }

  @Override
  public void close() {
    runners.values().forEach(TestRunner::close);
  }
}
