package io.merlon.agent;

import io.merlon.agent.flows.FlowSweep;
import io.merlon.agent.program.PinnedMaps;
import io.merlon.agent.program.TableRoom;
import io.merlon.bpf.KernelClock;
import io.merlon.datapath.Config;
import io.merlon.datapath.Fragment;
import io.merlon.datapath.FragmentKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** The flows in the maps that are pinned there. */
record KernelFlows(Path pins) implements FlowSweep.Kernel {
  @Override
  public Config config() {
    try (PinnedMaps maps = PinnedMaps.open(pins)) {
      return maps.config();
    }
  }

  @Override
  public int jiffiesPerSecond() {
    return KernelClock.jiffiesPerSecond();
  }

  @Override
  public void fragments(BiConsumer<FragmentKey, Fragment> visitor) {
    try (PinnedMaps maps = PinnedMaps.open(pins)) {
      maps.fragments(visitor);
    }
  }

  @Override
  public TableRoom room() {
    try (PinnedMaps maps = PinnedMaps.open(pins)) {
      return maps.room();
    }
  }

  @Override
  public void flows(BiConsumer<ByteBuffer, ByteBuffer> visitor) {
    try (PinnedMaps maps = PinnedMaps.open(pins)) {
      maps.flowBytes(visitor);
    }
  }
}
