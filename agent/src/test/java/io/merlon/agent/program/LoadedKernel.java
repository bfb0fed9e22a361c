package io.merlon.agent.program;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.identity.PodRef;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.Codec;
import io.merlon.bpf.PerCpu;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.Hook;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The datapath in the running kernel, filled with one compiled policy after the other. */
final class LoadedKernel implements AutoCloseable {
  private static final int ENTRIES = 1024;
  private static final int PACKET = 256;

  private final Datapath datapath = Datapath.load(spec());
  private final Map<Hook, TestRunner> runners = new EnumMap<>(Hook.class);
  private final BpfMap<Integer, Counter> counters =
      datapath
          .object()
          .map("counters", Codec.u32(), PerCpu.fold(Counter.CODEC, Counter.ZERO, Counter::plus));
  private PolicyLoader loader = new PolicyLoader(datapath);
  private Map<Integer, Counter> before = Map.of();

  LoadedKernel() {
    for (Hook hook : Hook.values()) {
      runners.put(hook, datapath.program(hook).testRunner(PACKET));
    }
    datapath.config().put(0, forgetful());
  }

  private static BpfObjectSpec spec() {
    BpfObjectSpec spec = Datapath.spec();
    for (String map : List.of("addresses", "cidrs", "services", "flows", "fragments")) {
      spec.mapEntries(map + "4", ENTRIES).mapEntries(map + "6", ENTRIES);
    }
    return spec;
  }

  /** No flow is alive a moment later, so that every packet is judged by policy. */
  private static Config forgetful() {
    Config config = Config.defaults(100).withFlags(Config.VERIFY_SOURCE);
    for (FlowState state : FlowState.values()) {
      config = config.withTimeout(state, -1);
    }
    return config;
  }

  /** Replaces what was loaded. */
  void load(CompiledPolicy policy, Map<PodRef, Integer> interfaces) {
    clear(datapath.endpoints());
    for (boolean v6 : new boolean[] {false, true}) {
      clear(datapath.addresses(v6));
      clear(datapath.cidrs(v6));
      clear(datapath.services(v6));
    }
    loader = new PolicyLoader(datapath);
    loader.load(policy, interfaces);
    before = counters.entries();
  }

  private static <K> void clear(BpfMap<K, ?> map) {
    List<K> keys = new ArrayList<>();
    map.forEach((key, value) -> keys.add(key));
    keys.forEach(map::delete);
  }

  /** What a program says of a packet. */
  int run(Hook hook, int ifindex, byte[] frame) {
    TestRunner runner = runners.get(hook);
    if (runner == null) {
      throw new IllegalArgumentException("no program for " + hook);
    }
    runner.packet().clear().put(frame);
    runner.context(SkbContext.at(ifindex));
    return runner.run(frame.length);
  }

  /** What was counted since the policy was loaded, and how often. */
  Map<SlotMeaning, Long> counted() {
    Map<SlotMeaning, Long> counted = new HashMap<>();
    counters
        .entries()
        .forEach((slot, counter) -> {
          long more = counter.packets() - before.getOrDefault(slot, Counter.ZERO).packets();
          if (more > 0) {
            counted.merge(loader.meaning(slot), more, Long::sum);
          }
        });
    return counted;
  }

  @Override
  public void close() {
    runners.values().forEach(TestRunner::close);
    datapath.close();
  }
}
