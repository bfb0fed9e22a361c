package io.merlon.agent.flows;

import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BiConsumer;

/**
 * Flows as the kernel had them at one look: their keys and values as they are, in memory that is
 * used again by the look after the next.
 */
final class RememberedFlows {
  static final int NONE = -1;

  private static final int KEY = FlowKey.V6.size();
  private static final int ENTRY = KEY + Flow.CODEC.size();
  private static final int FIRST = 64;
  private static final int CREATED = 12;

  /** No flow has protocol 0, so a key that has it there is one of IPv4. */
  private static final int PROTOCOL_V6 = 40;

  private final int most;
  private final int[] places;
  private final BitSet found = new BitSet();
  private ByteBuffer entries = room(FIRST);
  private int count;

  /** None; so many are remembered at most, at some hundred bytes each. */
  RememberedFlows(int most) {
    this.most = most;
    this.places = new int[2 * Integer.highestOneBit(2 * most - 1)];
  }

  private static ByteBuffer room(int flows) {
    return ByteBuffer.allocate(flows * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return count;
  }

  /** Remembers one that is not remembered yet, if there is room. */
  void add(ByteBuffer key, ByteBuffer value) {
    if (count == most) {
      return;
    }
    int at = count * ENTRY;
    if (at == entries.capacity()) {
      entries = room(2 * count).put(0, entries, 0, at);
    }
    int place = place(key);
    while (places[place] != 0) {
      place = (place + 1) & (places.length - 1);
    }
    places[place] = ++count;
    entries.put(at, key, key.position(), key.remaining());
    if (key.remaining() < KEY) {
      entries.putInt(at + PROTOCOL_V6, 0);
    }
    entries.put(at + KEY, value, value.position(), Flow.CODEC.size());
  }

  /** The number of the flow of that key, which is found then; {@link #NONE} if there is none. */
  int find(ByteBuffer key) {
    if (count == 0) {
      return NONE;
    }
    int place = place(key);
    while (places[place] != 0) {
      int number = places[place] - 1;
      if (is(number, key)) {
        found.set(number);
        return number;
      }
      place = (place + 1) & (places.length - 1);
    }
    return NONE;
  }

  private boolean is(int number, ByteBuffer key) {
    int at = number * ENTRY;
    int from = key.position();
    int length = key.remaining();
    if (length != keyLength(at)) {
      return false;
    }
    for (int i = 0; i < length; i += Integer.BYTES) {
      if (entries.getInt(at + i) != key.getInt(from + i)) {
        return false;
      }
    }
    return true;
  }

  private int keyLength(int at) {
    return entries.getInt(at + PROTOCOL_V6) == 0 ? FlowKey.V4.size() : KEY;
  }

  private int place(ByteBuffer key) {
    long hash = key.remaining();
    for (int at = key.position(); at < key.limit(); at += Integer.BYTES) {
      hash = FlowNumbers.mix(hash, key.getInt(at));
    }
    return (int) (hash >>> 40) & (places.length - 1);
  }

  int created(int number) {
    return entries.getInt(number * ENTRY + KEY + CREATED);
  }

  ByteBuffer key(int number) {
    int at = number * ENTRY;
    return entries.slice(at, keyLength(at)).order(ByteOrder.LITTLE_ENDIAN);
  }

  ByteBuffer value(int number) {
    return entries.slice(number * ENTRY + KEY, Flow.CODEC.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Those that were not found. */
  void forEachLeft(BiConsumer<ByteBuffer, ByteBuffer> visitor) {
    for (int n = found.nextClearBit(0); n < count; n = found.nextClearBit(n + 1)) {
      visitor.accept(key(n), value(n));
    }
  }

  void clear() {
    Arrays.fill(places, 0);
    found.clear();
    count = 0;
  }
}
