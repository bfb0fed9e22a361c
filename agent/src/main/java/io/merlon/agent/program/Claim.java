package io.merlon.agent.program;

import io.merlon.datapath.Counter;
import io.merlon.datapath.Struct;
import java.nio.ByteBuffer;

/**
 * Says which series a counter counts for.
 *
 * @param series its key
 * @param base what the counter showed when the claim was made
 * @param after while the claim is being given up: what the series' total will be then
 */
record Claim(long series, Counter base, Counter after, boolean ending) {
  static final Struct<Claim> CODEC = new Struct<>("claim", 48, Claim::write, Claim::read);

  static Claim of(long series, Counter base) {
    return new Claim(series, base, Counter.ZERO, false);
  }

  Claim ending(Counter total) {
    return new Claim(series, base, total, true);
  }

  /** What was counted for the series so far. */
  Counter since(Counter now) {
    return new Counter(now.packets() - base.packets(), now.bytes() - base.bytes());
  }

  private void write(ByteBuffer out) {
    out.putLong(series).putLong(base.packets()).putLong(base.bytes());
    out.putLong(after.packets()).putLong(after.bytes()).putLong(ending ? 1 : 0);
  }

  private static Claim read(ByteBuffer in) {
    return new Claim(
        in.getLong(),
        new Counter(in.getLong(), in.getLong()),
        new Counter(in.getLong(), in.getLong()),
        in.getLong() != 0);
  }
}
