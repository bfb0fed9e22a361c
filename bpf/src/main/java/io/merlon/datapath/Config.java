package io.merlon.datapath;

import java.util.ArrayList;
import java.util.List;

/**
 * The one element of map {@code config}. Times are in jiffies.
 *
 * @param timeouts by {@link FlowState}
 */
public record Config(
    int layout,
    int epoch,
    int flags,
    int denialInterval,
    int fragmentTimeout,
    List<Integer> timeouts) {
  public static final int LAYOUT = 3;

  public static final int VERIFY_SOURCE = 0x01;
  public static final int UNKNOWN_ALLOW = 0x02;
  public static final int ETHERTYPE_ALLOW = 0x04;
  public static final int EVENTS_ALLOWED = 0x08;
  public static final int EVENTS_DENIED = 0x10;

  public static final Struct<Config> CODEC =
      new Struct<>(
          "config",
          52,
          (c, out) -> {
            out.putInt(c.layout).putInt(c.epoch).putInt(c.flags);
            out.putInt(c.denialInterval).putInt(c.fragmentTimeout);
            c.timeouts.forEach(out::putInt);
          },
          in -> {
            int layout = in.getInt();
            int epoch = in.getInt();
            int flags = in.getInt();
            int denialInterval = in.getInt();
            int fragmentTimeout = in.getInt();
            List<Integer> timeouts = new ArrayList<>();
            for (int i = 0; i < FlowState.values().length; i++) {
              timeouts.add(in.getInt());
            }
            return new Config(layout, epoch, flags, denialInterval, fragmentTimeout, timeouts);
          });

  public Config {
    timeouts = List.copyOf(timeouts);
    if (timeouts.size() != FlowState.values().length) {
      throw new IllegalArgumentException("a time-out for each flow state, not " + timeouts.size());
    }
  }

  /**
   * The defaults: sources verified, events on, a denial told at most once in ten seconds.
   *
   * @param hz jiffies per second
   */
  public static Config defaults(int hz) {
    List<Integer> seconds = List.of(60, 3 * 3600, 60, 10, 60, 180, 30, 60);
    return new Config(
        LAYOUT,
        1,
        VERIFY_SOURCE | EVENTS_ALLOWED | EVENTS_DENIED,
        10 * hz,
        30 * hz,
        seconds.stream().map(s -> s * hz).toList());
  }

  public Config withEpoch(int value) {
    return new Config(layout, value, flags, denialInterval, fragmentTimeout, timeouts);
  }

  public Config withFlags(int value) {
    return new Config(layout, epoch, value, denialInterval, fragmentTimeout, timeouts);
  }

  public Config withTimeout(FlowState state, int jiffies) {
    List<Integer> changed = new ArrayList<>(timeouts);
    changed.set(state.code(), jiffies);
    return new Config(layout, epoch, flags, denialInterval, fragmentTimeout, changed);
  }

  public Config withFragmentTimeout(int jiffies) {
    return new Config(layout, epoch, flags, denialInterval, jiffies, timeouts);
  }

  public Config withDenialInterval(int jiffies) {
    return new Config(layout, epoch, flags, jiffies, fragmentTimeout, timeouts);
  }
}
