package io.merlon.agent.watch;

import io.merlon.agent.watch.Written.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which every reader takes typed values from written ones. They are the API server's:
 * null means absent, a list item that is null is an empty object, and a value of another type is
 * refused rather than converted.
 */
final class Reading {
  private final Findings findings;
  private final Sharing sharing;

  Reading(Findings findings, Sharing sharing) {
    this.findings = findings;
    this.sharing = sharing;
  }

  Sharing sharing() {
    return sharing;
  }

  void fields(Written value, BiConsumer<String, Written> visit) {
    switch (value.shape()) {
      case OBJECT -> value.fields(visit);
      case NULL -> {}
      case LIST, STRING, NUMBER, BOOLEAN -> findings.wrongType(value, "an object");
    }
  }

  /** A list as written: null if absent. */
  <T> @Nullable List<T> list(Written value, Function<Written, T> item) {
    return switch (value.shape()) {
      case NULL -> null;
      case LIST -> {
        var list = new ArrayList<T>();
        value.items(written -> {
          if (written.shape() == Shape.NULL) {
            findings.odd(written, "an item that is null counts as an empty one");
          }
          list.add(item.apply(written));
        });
        yield list;
      }
      case OBJECT, STRING, NUMBER, BOOLEAN -> {
        findings.wrongType(value, "a list");
        yield List.of();
      }
    };
  }

  /** A list whose absence means the same as its emptiness. */
  <T> List<T> listOrEmpty(Written value, Function<Written, T> item) {
    List<T> list = list(value, item);
    return list == null ? List.of() : list;
  }

  /** A string that repeats across objects, so that one instance serves all. */
  @Nullable String shared(Written value) {
    String text = string(value);
    return text == null ? null : sharing.string(text);
  }

  @Nullable String string(Written value) {
    return switch (value.shape()) {
      case STRING -> value.text();
      case NULL -> null;
      case OBJECT, LIST, NUMBER, BOOLEAN -> {
        findings.wrongType(value, "a string");
        yield null;
      }
    };
  }

  String stringOrEmpty(Written value) {
    String text = shared(value);
    return text == null ? "" : text;
  }

  @Nullable Integer integer(Written value) {
    if (value.shape() == Shape.NULL) {
      return null;
    }
    Integer number = value.shape() == Shape.NUMBER ? value.integer() : null;
    if (number == null) {
      findings.wrongType(value, "an integer");
    }
    return number;
  }

  boolean truth(Written value) {
    return switch (value.shape()) {
      case BOOLEAN -> value.truth();
      case NULL -> false;
      case OBJECT, LIST, STRING, NUMBER -> {
        findings.wrongType(value, "a boolean");
        yield false;
      }
    };
  }

  /** A map of strings, shared with equal ones. */
  Map<String, String> strings(Written value) {
    return sharing.map(strings(value, key -> true));
  }

  /** The entries of a map of strings whose key is wanted. */
  Map<String, String> strings(Written value, Function<String, Boolean> wanted) {
    var map = new LinkedHashMap<String, String>();
    fields(
        value,
        (key, written) -> {
          if (wanted.apply(key)) {
            map.put(sharing.string(key), stringOrEmpty(written));
          }
        });
    return map;
  }

  /** Reports a field a reader does not read, unless the API has it. */
  void other(Written value, String name, Set<String> known) {
    if (!known.contains(name)) {
      findings.unknownField(value);
    }
  }

  void wrongType(Written value, String expected) {
    findings.wrongType(value, expected);
  }

  /** Reports a required field that was not there. */
  void require(Written object, String field, @Nullable Object value) {
    if (value == null) {
      findings.missing(object, field);
    }
  }

  void unknown(Written value) {
    findings.unknownField(value);
  }
}
