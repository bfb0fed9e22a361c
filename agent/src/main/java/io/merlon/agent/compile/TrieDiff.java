package io.merlon.agent.compile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares two tries, passing over every part they share. */
final class TrieDiff {
  private TrieDiff() {}

  interface Visitor {
    void changed(Object key, @Nullable Object before, @Nullable Object after);
  }

  static boolean equal(TrieNode a, TrieNode b) {
    boolean[] differs = new boolean[1];
    visit(a, b, (key, before, after) -> differs[0] = true);
    return !differs[0];
  }

  static void visit(TrieNode before, TrieNode after, Visitor visitor) {
    visit(before, after, 0, visitor);
  }

  private static void visit(TrieNode before, TrieNode after, int shift, Visitor visitor) {
    if (before == after) {
      return;
    }
    if (shift >= 35) {
      visitList(before, after, visitor);
      return;
    }
    int places = before.pairMap() | before.childMap() | after.pairMap() | after.childMap();
    while (places != 0) {
      int bit = Integer.lowestOneBit(places);
      places &= ~bit;
      visitPlace(before, after, bit, shift, visitor);
    }
  }

  private static void visitPlace(
      TrieNode before, TrieNode after, int bit, int shift, Visitor visitor) {
    TrieNode wasNode = (before.childMap() & bit) == 0 ? null : before.childAt(bit);
    TrieNode isNode = (after.childMap() & bit) == 0 ? null : after.childAt(bit);
    if (wasNode != null && isNode != null) {
      visit(wasNode, isNode, shift + 5, visitor);
      return;
    }
    if (wasNode == null && isNode == null) {
      visitPairs(before, after, bit, visitor);
      return;
    }
    // One side is a node: as a node of one pair or none, the other compares with it.
    visit(
        wasNode != null ? wasNode : single(before, bit, shift),
        isNode != null ? isNode : single(after, bit, shift),
        shift + 5,
        visitor);
  }

  private static void visitPairs(TrieNode before, TrieNode after, int bit, Visitor visitor) {
    Object oldKey = (before.pairMap() & bit) == 0 ? null : before.key(before.pairAt(bit));
    Object newKey = (after.pairMap() & bit) == 0 ? null : after.key(after.pairAt(bit));
    Object was = oldKey == null ? null : before.value(before.pairAt(bit));
    Object is = newKey == null ? null : after.value(after.pairAt(bit));
    if (oldKey != null && oldKey.equals(newKey)) {
      if (!Objects.equals(was, is)) {
        visitor.changed(oldKey, was, is);
      }
      return;
    }
    if (oldKey != null) {
      visitor.changed(oldKey, was, null);
    }
    if (newKey != null) {
      visitor.changed(newKey, null, is);
    }
  }

  private static TrieNode single(TrieNode node, int bit, int shift) {
    if ((node.pairMap() & bit) == 0) {
      return TrieNode.EMPTY;
    }
    int pair = node.pairAt(bit);
    Object key = node.key(pair);
    return TrieNode.EMPTY.with(key, node.value(pair), TrieNode.hash(key), shift + 5);
  }

  private static void visitList(TrieNode before, TrieNode after, Visitor visitor) {
    for (int i = 0; i < before.pairs(); i++) {
      int other = after.find(before.key(i));
      Object is = other < 0 ? null : after.value(other);
      if (!Objects.equals(before.value(i), is)) {
        visitor.changed(before.key(i), before.value(i), is);
      }
    }
    for (int i = 0; i < after.pairs(); i++) {
      if (before.find(after.key(i)) < 0) {
        visitor.changed(after.key(i), null, after.value(i));
      }
    }
  }
}
