package io.merlon.agent.program;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.KernelClock;
import io.merlon.datapath.Config;

/** What all programs of a node go by: what was set, and the epoch. */
final class NodeConfig {
  /** An even step: whether the epoch is odd says whether a plan that narrows is under way. */
  private static final int AGAIN = 2;

  private final BpfMap<Integer, Config> map;
  private final Config settings;
  private Config config;

  NodeConfig(BpfMap<Integer, Config> map, DatapathSettings wanted) {
    this.map = map;
    this.settings = settings(wanted);
    this.config = settings;
  }

  private static Config settings(DatapathSettings wanted) {
    return Config.defaults(KernelClock.jiffiesPerSecond())
        .withEpoch(AGAIN)
        .withFlags(
            Config.EVENTS_ALLOWED
                | Config.EVENTS_DENIED
                | (wanted.verifySource() ? Config.VERIFY_SOURCE : 0)
                | (wanted.unknownAllowed() ? Config.UNKNOWN_ALLOW : 0)
                | (wanted.ethertypeAllowed() ? Config.ETHERTYPE_ALLOW : 0));
  }

  /** Of maps that were just created. */
  void begin() {
    put(settings);
  }

  /** What is there; what cannot be read is an IllegalArgumentException. */
  Config found() {
    Config found = map.get(0).orElseThrow(() -> new IllegalArgumentException("no configuration"));
    if (found.layout() != Config.LAYOUT) {
      throw new IllegalArgumentException("layout " + found.layout());
    }
    return found;
  }

  /** Whatever counters a dead process gave up, no flow may count there any more. */
  void adopt(Config found) {
    put(settings.withEpoch(found.epoch() + AGAIN));
  }

  /** A plan that narrows begins or ends. */
  void bumpEpoch() {
    put(config.withEpoch(config.epoch() + 1));
  }

  /** Has every flow judged again, whatever plans are under way. */
  void judgeAgain() {
    put(config.withEpoch(config.epoch() + AGAIN));
  }

  private void put(Config value) {
    map.put(0, value);
    config = value;
  }

  long epoch() {
    return Integer.toUnsignedLong(config.epoch());
  }

  /** Whether somebody else had changed it; it is as it was again. */
  boolean repair() {
    if (config.equals(map.get(0).orElse(null))) {
      return false;
    }
    map.put(0, config);
    return true;
  }
}
