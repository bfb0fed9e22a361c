package io.merlon.agent.compile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link PersistentMap}: up to 32 places, each empty, a pair or a child. All pairs come
 * first in {@code slots} (key, value, key, value...), all children after them. Below the last bits
 * of the hash a node is a plain list of pairs whose keys have equal hashes.
 */
final class TrieNode {
  static final TrieNode EMPTY = new TrieNode(0, 0, new Object[0]);
  private static final int BITS = 5;
  private static final int END = 35;

  private final int pairMap;
  private final int childMap;
  private final Object[] slots;

  private TrieNode(int pairMap, int childMap, Object[] slots) {
    this.pairMap = pairMap;
    this.childMap = childMap;
    this.slots = slots;
  }

  static int hash(Object key) {
    int h = key.hashCode();
    return h ^ h >>> 16;
  }

  private static int bit(int hash, int shift) {
    return 1 << (hash >>> shift & 31);
  }

  private static int rank(int map, int bit) {
    return Integer.bitCount(map & bit - 1);
  }

  int pairMap() {
    return pairMap;
  }

  int childMap() {
    return childMap;
  }

  int children() {
    return Integer.bitCount(childMap);
  }

  /** How many pairs stand here; a list of equal hashes keeps the count in place of the map. */
  int pairs() {
    return (slots.length - children()) / 2;
  }

  Object key(int pair) {
    return slots[2 * pair];
  }

  Object value(int pair) {
    return slots[2 * pair + 1];
  }

  TrieNode child(int index) {
    return (TrieNode) slots[2 * pairs() + index];
  }

  TrieNode childAt(int bit) {
    return child(rank(childMap, bit));
  }

  int pairAt(int bit) {
    return rank(pairMap, bit);
  }

  @Nullable Object get(Object key, int hash, int shift) {
    if (shift >= END) {
      int pair = find(key);
      return pair < 0 ? null : value(pair);
    }
    int bit = bit(hash, shift);
    if ((pairMap & bit) != 0) {
      int pair = pairAt(bit);
      return key(pair).equals(key) ? value(pair) : null;
    }
    return (childMap & bit) == 0 ? null : childAt(bit).get(key, hash, shift + BITS);
  }

  int find(Object key) {
    for (int i = 0; i < pairs(); i++) {
      if (key(i).equals(key)) {
        return i;
      }
    }
    return -1;
  }

  TrieNode with(Object key, Object value, int hash, int shift) {
    if (shift >= END) {
      int pair = find(key);
      return pair < 0 ? inserted(pairs(), key, value, 0) : replaced(pair, value);
    }
    int bit = bit(hash, shift);
    if ((childMap & bit) != 0) {
      TrieNode child = childAt(bit);
      TrieNode changed = child.with(key, value, hash, shift + BITS);
      return changed == child ? this : withChild(bit, changed);
    }
    int pair = pairAt(bit);
    if ((pairMap & bit) == 0) {
      return inserted(pair, key, value, bit);
    }
    if (key(pair).equals(key)) {
      return replaced(pair, value);
    }
    TrieNode child =
        EMPTY
            .with(key(pair), value(pair), hash(key(pair)), shift + BITS)
            .with(key, value, hash, shift + BITS);
    return removed(pair, bit).withNewChild(bit, child);
  }

  TrieNode without(Object key, int hash, int shift) {
    if (shift >= END) {
      int pair = find(key);
      return pair < 0 ? this : removed(pair, 0);
    }
    int bit = bit(hash, shift);
    if ((pairMap & bit) != 0) {
      int pair = pairAt(bit);
      return key(pair).equals(key) ? removed(pair, bit) : this;
    }
    if ((childMap & bit) == 0) {
      return this;
    }
    TrieNode child = childAt(bit);
    TrieNode changed = child.without(key, hash, shift + BITS);
    if (changed == child) {
      return this;
    }
    // A child of one pair moves up, so that the shape follows from the content.
    return changed.children() == 0 && changed.pairs() == 1
        ? withoutChild(bit).inserted(pairAt(bit), changed.key(0), changed.value(0), bit)
        : withChild(bit, changed);
  }

  private TrieNode replaced(int pair, Object value) {
    if (Objects.equals(value(pair), value)) {
      return this;
    }
    Object[] copy = slots.clone();
    copy[2 * pair + 1] = value;
    return new TrieNode(pairMap, childMap, copy);
  }

  private TrieNode inserted(int pair, Object key, Object value, int bit) {
    Object[] copy = new Object[slots.length + 2];
    System.arraycopy(slots, 0, copy, 0, 2 * pair);
    copy[2 * pair] = key;
    copy[2 * pair + 1] = value;
    System.arraycopy(slots, 2 * pair, copy, 2 * pair + 2, slots.length - 2 * pair);
    return new TrieNode(pairMap | bit, childMap, copy);
  }

  private TrieNode removed(int pair, int bit) {
    Object[] copy = new Object[slots.length - 2];
    System.arraycopy(slots, 0, copy, 0, 2 * pair);
    System.arraycopy(slots, 2 * pair + 2, copy, 2 * pair, copy.length - 2 * pair);
    return new TrieNode(pairMap & ~bit, childMap, copy);
  }

  private TrieNode withChild(int bit, TrieNode child) {
    Object[] copy = slots.clone();
    copy[2 * pairs() + rank(childMap, bit)] = child;
    return new TrieNode(pairMap, childMap, copy);
  }

  private TrieNode withNewChild(int bit, TrieNode child) {
    int at = 2 * pairs() + rank(childMap, bit);
    Object[] copy = new Object[slots.length + 1];
    System.arraycopy(slots, 0, copy, 0, at);
    copy[at] = child;
    System.arraycopy(slots, at, copy, at + 1, slots.length - at);
    return new TrieNode(pairMap, childMap | bit, copy);
  }

  private TrieNode withoutChild(int bit) {
    int at = 2 * pairs() + rank(childMap, bit);
    Object[] copy = new Object[slots.length - 1];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(slots, at + 1, copy, at, copy.length - at);
    return new TrieNode(pairMap, childMap & ~bit, copy);
  }
}
