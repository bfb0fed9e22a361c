package io.merlon.agent.oracle;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One YAML mapping, asked field by field; absent and null are the same, empty is not. */
record Fields(Map<?, ?> fields) {
  static Fields of(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? new Fields(map) : new Fields(Map.of());
  }

  boolean has(String name) {
    return fields.get(name) != null;
  }

  Fields at(String name) {
    return of(fields.get(name));
  }

  @Nullable String text(String name) {
    Object value = fields.get(name);
    return value == null ? null : value.toString();
  }

  String text(String name, String otherwise) {
    String text = text(name);
    return text == null ? otherwise : text;
  }

  @Nullable Integer number(String name) {
    return (Integer) fields.get(name);
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }

  @Nullable Object raw(String name) {
    return fields.get(name);
  }

  <T> @Nullable T optional(String name, Function<Fields, T> reader) {
    return has(name) ? reader.apply(at(name)) : null;
  }

  <T> @Nullable List<T> optionalList(String name, Function<Fields, T> reader) {
    return has(name) ? list(name, reader) : null;
  }

  <T> List<T> list(String name, Function<Fields, T> reader) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().map(item -> reader.apply(of(item))).toList()
        : List.of();
  }

  @Nullable List<String> optionalTexts(String name) {
    return has(name) ? texts(name) : null;
  }

  List<String> texts(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  Map<String, String> textMap(String name) {
    Map<String, String> texts = new TreeMap<>();
    at(name).fields.forEach((k, v) -> texts.put(String.valueOf(k), String.valueOf(v)));
    return texts;
  }
}
