package io.merlon.agent.observe;

import io.merlon.agent.identity.Address;

/**
 * When the owner of an address changed last, of any number of addresses in memory that does not
 * grow: that moment or a later one. Addresses share places, two each, and the earlier of their two
 * moments is nearer to the truth, so one that never changed is seldom taken for one that did.
 */
final class AddressChanges {
  private static final int PLACES = 1 << 16;

  /** Moments are whole numbers of so many nanoseconds, 67 ms: they last for four years. */
  private static final int TICK = 26;

  /** Nothing is kept before the first change. */
  private int[] latest = new int[0];

  /**
   * Its owner changed.
   *
   * @param moment in nanoseconds since the start, as all moments here
   */
  void changed(Address address, long moment) {
    if (latest.length == 0) {
      latest = new int[PLACES];
    }
    int hash = hash(address);
    int tick = (int) (moment >> TICK) + 1;
    latest[hash >>> 16] = Math.max(latest[hash >>> 16], tick);
    latest[hash & (PLACES - 1)] = Math.max(latest[hash & (PLACES - 1)], tick);
  }

  /** When it changed last, or somewhat later; what is before every moment if it never did. */
  long last(Address address) {
    if (latest.length == 0) {
      return Long.MIN_VALUE;
    }
    int hash = hash(address);
    int tick = Math.min(latest[hash >>> 16], latest[hash & (PLACES - 1)]);
    return tick == 0 ? Long.MIN_VALUE : (long) tick << TICK;
  }

  private static int hash(Address address) {
    long mixed = (address.high() * 0x9e3779b97f4a7c15L + address.low()) * 0xbf58476d1ce4e5b9L;
    return (int) (mixed >>> 32);
  }
}
