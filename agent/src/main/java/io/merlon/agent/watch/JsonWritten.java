package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The value a JSON parser stands at. One instance serves a whole stream: it is a cursor, so a value
 * that a visitor did not read is skipped without ever being built.
 */
final class JsonWritten implements Written {
  private final JsonParser parser;

  /** The parser must stand at the value's first token. */
  JsonWritten(JsonParser parser) {
    this.parser = parser;
  }

  @Override
  public Shape shape() {
    return switch (parser.currentToken()) {
      case null -> throw new IllegalStateException("no value left to read");
      case START_OBJECT, END_OBJECT -> Shape.OBJECT;
      case START_ARRAY, END_ARRAY -> Shape.LIST;
      case VALUE_STRING -> Shape.STRING;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Shape.NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> Shape.BOOLEAN;
      case VALUE_NULL -> Shape.NULL;
      case FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("at token " + parser.currentToken());
    };
  }

  @Override
  public void fields(BiConsumer<String, Written> visit) {
    try {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        visit.accept(name, this);
        parser.skipChildren();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void items(Consumer<Written> visit) {
    try {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        visit.accept(this);
        parser.skipChildren();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String text() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable Integer integer() {
    try {
      return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() == JsonParser.NumberType.INT
          ? (Integer) parser.getIntValue()
          : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean truth() {
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  @Override
  public String path() {
    var path = new StringBuilder();
    JsonStreamContext at = parser.getParsingContext();
    boolean insideNothing =
        parser.currentToken() == JsonToken.START_OBJECT
            || parser.currentToken() == JsonToken.START_ARRAY;
    // A value's own context is no step towards it.
    for (JsonStreamContext step = insideNothing ? at.getParent() : at;
        step != null && !step.inRoot();
        step = step.getParent()) {
      path.insert(0, step(step));
    }
    return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
  }

  private static String step(JsonStreamContext context) {
    if (context.inArray()) {
      return "[" + context.getCurrentIndex() + "]";
    }
    String name = String.valueOf(context.getCurrentName());
    return Paths.isPlainName(name) ? "." + name : "[" + name + "]";
  }

  @Override
  public Written apart() {
    try {
      return YamlWritten.root(JsonNodes.read(ApiStreams.copy(parser)), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int line() {
    return 0;
  }
}
