package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Test runs of the three programs. */
final class Runs implements AutoCloseable {
  /** The kernel takes no packet longer than a page less its head and tail room. */
  private static final int CAPACITY = 4096;

  private static final int PASS = -1;
  private static final int PASS_MARKED = 0;
  private static final int DROP = 2;

  private final Map<Hook, TestRunner> runners = new EnumMap<>(Hook.class);
  private final Marked marked;
  private final Devices devices;
  private @Nullable Wire wire;

  Runs(BpfObject object, Devices devices) {
    this.devices = devices;
    for (Hook hook : Hook.values()) {
      runners.put(hook, object.program(program(hook)).testRunner(CAPACITY));
    }
    marked = new Marked(object, CAPACITY);
  }

  static String program(Hook hook) {
    return switch (hook) {
      case FROM_POD -> "from_pod";
      case TO_POD -> "to_pod";
      case UPLINK -> "uplink";
    };
  }

  /** What becomes of the frame at an interface. */
  Fate fate(Hook hook, int ifindex, Frame frame) {
    if (frame.isScattered()) {
      return wire().passes(hook, ifindex, frame) ? Fate.PASSED : Fate.DROPPED;
    }
    SkbContext context = SkbContext.at(ifindex).withGso(frame.gsoSegments(), frame.gsoSize());
    int result =
        frame.mark() == 0
            ? run(runners.get(hook), context, frame.bytes())
            : marked.run(hook, context, frame.bytes(), frame.mark());
    return switch (result) {
      case PASS -> Fate.PASSED;
      case PASS_MARKED -> Fate.MARKED;
      case DROP -> Fate.DROPPED;
      default -> throw new IllegalStateException(hook + " returned " + result);
    };
  }

  private Wire wire() {
    if (wire == null) {
      wire = new Wire(devices, marked.wire());
    }
    return wire;
  }

  private static int run(@Nullable TestRunner runner, SkbContext context, byte[] frame) {
    Objects.requireNonNull(runner).packet().clear().put(frame);
    runner.context(context);
    return runner.run(frame.length);
  }

  @Override
  public void close() {
    if (wire != null) {
      wire.close();
    }
    marked.close();
    runners.values().forEach(TestRunner::close);
  }
}
