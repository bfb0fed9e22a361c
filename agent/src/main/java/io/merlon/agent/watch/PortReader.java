package io.merlon.agent.watch;

import io.merlon.agent.api.IntOrString;
import org.jspecify.annotations.Nullable;

/** Reads the pieces of ports that several kinds share. */
final class PortReader {
  private PortReader() {}

  static @Nullable IntOrString intOrString(Reading in, Written value) {
    return switch (value.shape()) {
      case NULL -> null;
      case STRING -> in.sharing().value(IntOrString.of(value.text()));
      case NUMBER -> {
        Integer number = in.integer(value);
        yield number == null ? null : IntOrString.of(number);
      }
      case OBJECT, LIST, BOOLEAN -> {
        in.wrongType(value, "an integer or a string");
        yield null;
      }
    };
  }

  /** A protocol, TCP where none is given, as the API server sets it. */
  static String protocol(Reading in, Written value) {
    String protocol = in.shared(value);
    return protocol == null || protocol.isEmpty() ? "TCP" : protocol;
  }

  /** A port's name; an empty one is none. */
  static @Nullable String name(Reading in, Written value) {
    String name = in.shared(value);
    return name == null || name.isEmpty() ? null : name;
  }
}
