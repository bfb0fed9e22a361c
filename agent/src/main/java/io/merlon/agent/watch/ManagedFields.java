package io.merlon.agent.watch;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.watch.Written.Shape;

/**
 * Who set an annotation, by {@code metadata.managedFields}: the API server notes there which client
 * wrote which field last, and when. Of all that only one answer is kept.
 */
final class ManagedFields {
  private final String annotation;
  private String manager = "";
  private String time = "";

  private ManagedFields(String annotation) {
    this.annotation = "f:" + annotation;
  }

  /** The one who set an annotation last, and when; "" if that is not written there. */
  static String whoSet(String annotation, Written managedFields) {
    var reader = new ManagedFields(annotation);
    if (managedFields.shape() == Shape.LIST) {
      managedFields.items(reader::entry);
    }
    return reader.time.isEmpty()
        ? reader.manager
        : reader.manager + Annotations.SET_AT + reader.time;
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
    if (entry.owns && entry.time.compareTo(time) >= 0) {
      manager = entry.manager;
      time = entry.time;
    }
  }

  private void below(Written value, String wanted, Entry entry) {
    if (value.shape() != Shape.OBJECT) {
      return;
    }
    value.fields((name, field) -> {
      if (name.equals(annotation)) {
        entry.owns = true;
      } else if (name.equals(wanted)) {
        below(field, "f:annotations", entry);
      }
    });
  }

  private static String text(Written value) {
    return value.shape() == Shape.STRING ? value.text() : "";
  }

  private static final class Entry {
    String manager = "";
    String time = "";
    boolean owns;
  }
}
