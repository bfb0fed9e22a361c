package io.merlon.agent.watch;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.watch.Written.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who set annotations, by {@code metadata.managedFields}: the API server notes there which client
 * wrote which field last, and when. Of all that only one answer for each is kept.
 */
final class ManagedFields {
  private final Set<String> asked = new TreeSet<>();
  private final Map<String, Setter> setters = new HashMap<>();

  private record Setter(String manager, String time) {
    String text() {
      return time.isEmpty() ? manager : manager + Annotations.SET_AT + time;
    }
  }

  private ManagedFields(Set<String> annotations) {
    annotations.forEach(annotation -> asked.add("f:" + annotation));
  }

  /**
   * The one who set each of these annotations last, and when; without those of which that is not
   * written there. All at once: what is written can be read but once.
   */
  static Map<String, String> whoSet(Set<String> annotations, Written managedFields) {
    var reader = new ManagedFields(annotations);
    if (managedFields.shape() == Shape.LIST) {
      managedFields.items(reader::entry);
    }
    Map<String, String> found = new HashMap<>();
    reader.setters.forEach((field, setter) -> {
      if (!setter.text().isEmpty()) {
        found.put(field.substring(2), setter.text());
      }
    });
    return found;
  }

  private void entry(Written value) {
    if (value.shape() != Shape.OBJECT) {
      return;
    }
    var entry = new Entry();
    value.fields((name, field) -> {
      switch (name) {
        case "manager" -> entry.manager = text(field);
        case "time" -> entry.time = text(field);
        case "fieldsV1" -> below(field, "f:metadata", entry);
        default -> {}
      }
    });
    // Times are all written alike, in UTC. Of several who agree on a value the last one counts.
    Setter setter = new Setter(entry.manager, entry.time);
    for (String owned : entry.owned) {
      Setter before = setters.get(owned);
      if (before == null || setter.time().compareTo(before.time()) >= 0) {
        setters.put(owned, setter);
      }
    }
  }

  private void below(Written value, String wanted, Entry entry) {
    if (value.shape() != Shape.OBJECT) {
      return;
    }
    value.fields((name, field) -> {
      if (asked.contains(name)) {
        entry.owned.add(name);
      } else if (name.equals(wanted)) {
        below(field, "f:annotations", entry);
      }
    });
  }

  private static String text(Written value) {
    return value.shape() == Shape.STRING ? value.text() : "";
  }

  private static final class Entry {
    final Set<String> owned = new TreeSet<>();
    String manager = "";
    String time = "";
  }
}
