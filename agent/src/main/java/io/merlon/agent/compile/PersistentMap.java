package io.merlon.agent.compile;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hash map whose versions share what they have in common: a change copies one path of nodes, and
 * {@link #changes} between two versions looks only at what differs. So a state of 50,000 addresses
 * can be a plain value and still follow each pod within microseconds.
 *
 * <p>The shape depends on the content alone (Steindorfer and Vinju's CHAMP), which is what makes
 * the comparison of versions cheap whatever way they came about.
 */
public final class PersistentMap<K, V> extends AbstractMap<K, V> {
  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(TrieNode.EMPTY, 0);

  private final TrieNode root;
  private final int size;

  private PersistentMap(TrieNode root, int size) {
    this.root = root;
    this.size = size;
  }

  /** What became of one key; a value is null on the side where the key is not. */
  @FunctionalInterface
  public interface ChangeVisitor<K, V> {
    void changed(K key, @Nullable V before, @Nullable V after);
  }

  @SuppressWarnings("unchecked") // nothing in it that could have a type
  public static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  public static <K, V> PersistentMap<K, V> of(Map<K, V> entries) {
    PersistentMap<K, V> map = empty();
    for (Map.Entry<K, V> entry : entries.entrySet()) {
      map = map.with(entry.getKey(), entry.getValue());
    }
    return map;
  }

  public PersistentMap<K, V> with(K key, V value) {
    TrieNode changed = root.with(key, value, TrieNode.hash(key), 0);
    if (changed == root) {
      return this;
    }
    boolean isNew = root.get(key, TrieNode.hash(key), 0) == null;
    return new PersistentMap<>(changed, isNew ? size + 1 : size);
  }

  public PersistentMap<K, V> without(K key) {
    TrieNode changed = root.without(key, TrieNode.hash(key), 0);
    return changed == root ? this : new PersistentMap<>(changed, size - 1);
  }

  /** Visits every key that {@code after} has otherwise than this map. */
  @SuppressWarnings("unchecked") // only keys and values of these types were ever put in
  public void changes(PersistentMap<K, V> after, ChangeVisitor<K, V> visitor) {
    TrieDiff.visit(root, after.root, (key, was, is) -> visitor.changed((K) key, (V) was, (V) is));
  }

  @Override
  @SuppressWarnings("unchecked") // only values of this type were ever put in
  public @Nullable V get(@Nullable Object key) {
    return key == null ? null : (V) root.get(key, TrieNode.hash(key), 0);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (other instanceof PersistentMap<?, ?> map) {
      return size == map.size && TrieDiff.equal(root, map.root);
    }
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<K, V>> iterator() {
        return new Entries<>(root);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  private static final class Entries<K, V> implements Iterator<Entry<K, V>> {
    private final Deque<TrieNode> pending = new ArrayDeque<>();
    private @Nullable TrieNode node;
    private int at;

    Entries(TrieNode root) {
      pending.push(root);
      advance();
    }

    private void advance() {
      while (node == null || at == node.pairs()) {
        TrieNode next = pending.poll();
        node = next;
        at = 0;
        if (next == null) {
          return;
        }
        for (int i = next.children() - 1; i >= 0; i--) {
          pending.push(next.child(i));
        }
      }
    }

    @Override
    public boolean hasNext() {
      return node != null;
    }

    @Override
    @SuppressWarnings("unchecked") // only keys and values of these types were ever put in
    public Entry<K, V> next() {
      TrieNode current = node;
      if (current == null) {
        throw new NoSuchElementException();
      }
      Object key = current.key(at);
      Object value = current.value(at);
      at++;
      advance();
      return (Entry<K, V>) Map.entry(Objects.requireNonNull(key), Objects.requireNonNull(value));
    }
  }
}
