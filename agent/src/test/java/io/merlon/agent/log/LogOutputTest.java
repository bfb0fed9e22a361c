package io.merlon.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.config.LogSettings;
import io.merlon.agent.config.LogSettings.Format;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

class LogOutputTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aMessageIsALineWhateverItsFactsAre() {
    write(Format.TEXT, "a b\nc\"");
    assertEquals(
        "2026-01-02T03:04:05.678Z WARN it happened pod=x reason=\"a b\\nc\\\"\"\n", written());
  }

  @Test
  void aMessageIsAnObjectOfJson() {
    write(Format.JSON, "a\n\"b\"");
    assertEquals(
        "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\"logger\":\"l\","
            + "\"message\":\"it happened\",\"pod\":\"x\",\"reason\":\"a\\n\\\"b\\\"\"}\n",
        written());
  }

  @Test
  void writesNoMoreThanIsAskedFor() {
    LogOutput output = output(Format.TEXT);
    assertTrue(output.writes(Level.ERROR));
    assertTrue(output.writes(Level.INFO));
    assertFalse(output.writes(Level.DEBUG));
  }

  @Test
  void isWhatSlf4jUses() {
    assertEquals(LineLogger.class, LoggerFactory.getLogger("any").getClass());
  }

  private LogOutput output(Format format) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new LogOutput(new LogSettings(LogSettings.Level.INFO, format), out, () -> NOW);
  }

  private void write(Format format, String reason) {
    output(format)
        .write(
            new LogOutput.Message(
                Level.WARN,
                "l",
                "it happened",
                List.of(new KeyValuePair("pod", "x"), new KeyValuePair("reason", reason)),
                null));
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
