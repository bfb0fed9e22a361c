package io.merlon.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** So many values, those that were asked for or put last; for one thread at a time. */
final class Latest<K, V> {
  private static final float LOAD = 0.75f;

  private final Map<K, V> values = new LinkedHashMap<>(16, LOAD, true);
  private final int most;

  Latest(int most) {
    this.most = most;
  }

  @Nullable V get(K key) {
    return values.get(key);
  }

  void put(K key, V value) {
    values.put(key, value);
    if (values.size() > most) {
      values.remove(values.keySet().iterator().next());
    }
  }

  void remove(K key) {
    values.remove(key);
  }
}
