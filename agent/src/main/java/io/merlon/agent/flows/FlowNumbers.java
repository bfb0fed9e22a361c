package io.merlon.agent.flows;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Numbers the flows of events, the first one 0. Who can choose addresses can choose their hash as
 * well, so flows are told apart by all that they are: a hash only says where to look.
 *
 * <p>The opener's port plays no part: a client that tries again and again is one flow.
 */
final class FlowNumbers {
  static final int NONE = -1;

  private static final int IFINDEX = 8;
  private static final int SLOT = 16;
  private static final int POD = 24;
  private static final int PEER = 40;
  private static final int POD_PORT = 56;
  private static final int PEER_PORT = 58;
  private static final int KIND = 68;
  private static final int DIRECTION = 71;
  private static final int ALLOWED = 1;

  /** Of a key. */
  private static final int WORDS = 7;

  private final long seed;
  private final int[] places;
  private final long[] keys;
  private final long[] asked = new long[WORDS];
  private int place;
  private int count;

  /**
   * None yet.
   *
   * @param most so many get a number
   * @param seed makes hashes unlike those of other nodes, so that nobody can aim at long searches
   */
  FlowNumbers(int most, long seed) {
    this.seed = seed;
    this.places = new int[2 * Integer.highestOneBit(2 * most - 1)];
    this.keys = new long[most * WORDS];
  }

  /** The number of an event's flow, {@link #NONE} if it has none yet. */
  int find(ByteBuffer event) {
    int at = event.position();
    asked[0] = event.getLong(at + POD);
    asked[1] = event.getLong(at + POD + 8);
    asked[2] = event.getLong(at + PEER);
    asked[3] = event.getLong(at + PEER + 8);
    boolean egress = event.get(at + DIRECTION) != 0;
    long port = Short.toUnsignedLong(event.getShort(at + (egress ? PEER_PORT : POD_PORT)));
    asked[4] = (port << 32) | Integer.toUnsignedLong(event.getInt(at + IFINDEX));
    // Kind, family, protocol, direction, mode and reason; a suppressed denial is a denial.
    long what = event.getLong(at + KIND) & 0xffff_ffff_ff00L;
    asked[5] = what | (event.get(at + KIND) == ALLOWED ? 1 : 2);
    asked[6] = Integer.toUnsignedLong(event.getInt(at + SLOT));
    return search();
  }

  private int search() {
    long hash = seed;
    for (long word : asked) {
      hash = mix(hash, word);
    }
    place = (int) (hash >>> 40) & (places.length - 1);
    while (places[place] != 0) {
      if (isAsked(places[place] - 1)) {
        return places[place] - 1;
      }
      place = (place + 1) & (places.length - 1);
    }
    return NONE;
  }

  private boolean isAsked(int number) {
    int from = number * WORDS;
    for (int i = 0; i < WORDS; i++) {
      if (keys[from + i] != asked[i]) {
        return false;
      }
    }
    return true;
  }

  static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0x9e3779b97f4a7c15L;
    return mixed ^ (mixed >>> 32);
  }

  /** Gives the flow that was asked for last, and had none, the next number. */
  void add() {
    System.arraycopy(asked, 0, keys, count * WORDS, WORDS);
    places[place] = ++count;
  }

  void clear() {
    if (count > 0) {
      Arrays.fill(places, 0);
      count = 0;
    }
  }
}
