package io.merlon.agent.watch;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One value of an object as it was written. It is read once: a value handed to a visitor is valid
 * until that visitor returns, and what a visitor leaves unread is skipped.
 */
interface Written {
  /** What kind of value it is, with the same rules for JSON and YAML. */
  enum Shape {
    OBJECT,
    LIST,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL
  }

  Shape shape();

  /** Visits the fields of an object. */
  void fields(BiConsumer<String, Written> visit);

  /** Visits the items of a list. */
  void items(Consumer<Written> visit);

  /** A scalar's text. */
  String text();

  /** A number's value; null if it is no whole number of 32 bits. */
  @Nullable Integer integer();

  /** A boolean's value. */
  boolean truth();

  /** Where in its object the value stands, as in {@code spec.ingress[0].ports[1].port}. */
  String path();

  /**
   * The value by itself, which can be read again and again; it is read here if it can be but once.
   */
  Written apart();

  /** The line it starts on, 0 if that means nothing. */
  int line();
}
