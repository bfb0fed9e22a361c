package io.merlon.agent.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.config.LogSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/** The one place all loggers write to. */
public final class LogOutput {
  private static final JsonFactory JSON = new JsonFactory();
  private static volatile LogOutput current =
      new LogOutput(
          new LogSettings(LogSettings.Level.WARN, LogSettings.Format.TEXT),
          System.err,
          InstantSource.system());

  private final LogSettings settings;
  private final PrintStream out;
  private final InstantSource clock;

  LogOutput(LogSettings settings, PrintStream out, InstantSource clock) {
    this.settings = settings;
    this.out = out;
    this.clock = clock;
  }

  /** What is to be said, and by which logger. */
  record Message(
      Level level,
      String logger,
      String text,
      List<KeyValuePair> facts,
      @Nullable Throwable cause) {}

  /** From now on, all loggers follow these settings. */
  public static void configure(LogSettings settings) {
    current = new LogOutput(settings, System.err, InstantSource.system());
  }

  static LogOutput current() {
    return current;
  }

  boolean writes(Level level) {
    return level(settings.level()).toInt() <= level.toInt();
  }

  void write(Message message) {
    String line =
        switch (settings.format()) {
          case TEXT -> text(message);
          case JSON -> json(message);
        };
    synchronized (out) {
      out.println(line);
      if (message.cause() != null && settings.format() == LogSettings.Format.TEXT) {
        message.cause().printStackTrace(out);
      }
    }
  }

  private static Level level(LogSettings.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
      case TRACE -> Level.TRACE;
    };
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private String text(Message message) {
    StringBuilder line = new StringBuilder();
    line.append(now()).append(' ').append(message.level()).append(' ').append(message.text());
    for (KeyValuePair fact : message.facts()) {
      line.append(' ').append(fact.key).append('=').append(quoted(String.valueOf(fact.value)));
    }
    return line.toString();
  }

  /** A line stays a line, and a value one word, whatever is in it. */
  private static String quoted(String value) {
    String line = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return line.contains(" ") || line.contains("\"")
        ? '"' + line.replace("\"", "\\\"") + '"'
        : line;
  }

  private String json(Message message) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", now().toString());
      json.writeStringField("level", message.level().name().toLowerCase(Locale.ROOT));
      json.writeStringField("logger", message.logger());
      json.writeStringField("message", message.text());
      for (KeyValuePair fact : message.facts()) {
        json.writeStringField(fact.key, String.valueOf(fact.value));
      }
      if (message.cause() != null) {
        json.writeStringField("cause", message.cause().toString());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }
}
