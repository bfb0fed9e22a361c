package io.merlon.agent.watch;

import io.merlon.agent.watch.Manifest.Identity;
import io.merlon.agent.watch.Written.Shape;

/** What says what an object is, read before the object. */
final class Header {
  String apiVersion = "";
  String kind = "";
  String namespace = "";
  String name = "";
  boolean hasItems;

  static Header of(Written object) {
    var header = new Header();
    if (object.shape() == Shape.OBJECT) {
      object.fields(header::field);
    }
    return header;
  }

  Identity identity(Type type) {
    if (!type.namespaced()) {
      return new Identity(kind, "", name);
    }
    return new Identity(kind, namespace.isEmpty() ? ObjectMeta.DEFAULT_NAMESPACE : namespace, name);
  }

  private void field(String field, Written value) {
    switch (field) {
      case "apiVersion" -> apiVersion = string(value);
      case "kind" -> kind = string(value);
      case "items" -> hasItems = true;
      case "metadata" -> {
        if (value.shape() == Shape.OBJECT) {
          value.fields(this::metaField);
        }
      }
      default -> {}
    }
  }

  private void metaField(String field, Written value) {
    switch (field) {
      case "namespace" -> namespace = string(value);
      case "name" -> name = string(value);
      default -> {}
    }
  }

  /** What is no string here is found wrong when the object is read. */
  private static String string(Written value) {
    return value.shape() == Shape.STRING ? value.text() : "";
  }
}
