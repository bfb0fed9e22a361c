package io.merlon.agent.identity;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Labels, sorted by key, in one array: a cluster has far more pods than different label sets, so
 * sets are small, immutable and meant to be shared.
 */
public final class LabelSet extends AbstractMap<String, String> {
  public static final LabelSet EMPTY = new LabelSet(new String[0]);

  /** Keys at even places, each followed by its value. */
  private final String[] pairs;

  private final int hash;

  private LabelSet(String[] pairs) {
    this.pairs = pairs;
    int sum = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      sum += pairs[i].hashCode() ^ pairs[i + 1].hashCode();
    }
    this.hash = sum;
  }

  public static LabelSet of(Map<String, String> labels) {
    if (labels instanceof LabelSet set) {
      return set;
    }
    if (labels.isEmpty()) {
      return EMPTY;
    }
    String[] pairs = new String[labels.size() * 2];
    int at = 0;
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      pairs[at++] = label.getKey();
      pairs[at++] = label.getValue();
    }
    return new LabelSet(pairs);
  }

  @Override
  public @Nullable String get(@Nullable Object key) {
    if (key instanceof String name) {
      for (int i = 0; i < pairs.length; i += 2) {
        if (pairs[i].equals(name)) {
          return pairs[i + 1];
        }
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, String>> iterator() {
        return new Iterator<>() {
          private int at;

          @Override
          public boolean hasNext() {
            return at < pairs.length;
          }

          @Override
          public Entry<String, String> next() {
            if (at >= pairs.length) {
              throw new NoSuchElementException();
            }
            at += 2;
            return Map.entry(pairs[at - 2], pairs[at - 1]);
          }
        };
      }

      @Override
      public int size() {
        return pairs.length / 2;
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSet set
        ? hash == set.hash && Arrays.equals(pairs, set.pairs)
        : super.equals(other);
  }

  /** The hash every map of these labels has. */
  @Override
  public int hashCode() {
    return hash;
  }
}
