package io.merlon.agent;

import io.merlon.agent.flows.OwedDenials;
import io.merlon.bpf.KernelClock;
import io.merlon.datapath.Config;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Denial;
import io.merlon.datapath.Stat;
import java.util.function.Consumer;

/** What the programs that are loaded remember of denials. */
record KernelDenials(Datapath kernel) implements OwedDenials.Kernel {
  @Override
  public int jiffiesPerSecond() {
    return KernelClock.jiffiesPerSecond();
  }

  @Override
  public int denialInterval() {
    return kernel.config().get(0).map(Config::denialInterval).orElseThrow();
  }

  @Override
  public long suppressed() {
    return kernel.stat(Stat.EVENTS_SUPPRESSED);
  }

  @Override
  public void denials(Consumer<Denial> visitor) {
    kernel.denials(visitor);
  }
}
