package io.merlon.agent.watch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives equal values one instance. Labels, ports, owners and service accounts repeat across the
 * pods of a cluster; sharing them is what lets a pod cost some hundred bytes.
 *
 * <p>A direct-mapped table: a value that meets another in its slot takes it over. So memory is
 * bounded whatever churns through, and nothing needs to be released. Not for more than one thread.
 */
final class Sharing {
  private static final int STRINGS = 1 << 13;
  private static final int VALUES = 1 << 13;

  private final @Nullable String[] strings = new @Nullable String[STRINGS];
  private final @Nullable Object[] values = new @Nullable Object[VALUES];

  String string(String value) {
    int slot = slot(value.hashCode(), STRINGS);
    String known = strings[slot];
    if (known != null && known.equals(value)) {
      return known;
    }
    strings[slot] = value;
    return value;
  }

  Map<String, String> map(Map<String, String> value) {
    return value.isEmpty() ? Map.of() : value(Map.copyOf(value));
  }

  <T> List<T> list(List<T> value) {
    return value.isEmpty() ? List.of() : value(List.copyOf(value));
  }

  /** Shares any immutable value. */
  @SuppressWarnings("unchecked") // equal immutable values of one class can stand for each other
  <T> T value(T value) {
    int slot = slot(value.hashCode(), VALUES);
    Object known = values[slot];
    if (known != null && known.equals(value)) {
      return (T) known;
    }
    values[slot] = value;
    return value;
  }

  private static int slot(int hash, int slots) {
    int spread = hash * 0x9E3779B9;
    return (spread >>> 16 ^ spread) & (slots - 1);
  }
}
