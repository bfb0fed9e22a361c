package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineSinkTest {
  @TempDir private Path folder = Path.of("");

  private static final int LINE = FlowJson.line(SampleFlow.denied("10")).length() + 1;

  private List<String> ids(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .map(line -> line.replaceAll(".*\"id\":\"(\\d+)\".*", "$1"))
        .toList();
  }

  @Test
  void writesOneLineForEachFlow() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LineSink sink = LineSink.to(out)) {
      sink.accept(List.of(SampleFlow.denied("10"), SampleFlow.allowed("11")));
    }
    assertEquals(
        List.of(FlowJson.line(SampleFlow.denied("10")), FlowJson.line(SampleFlow.allowed("11"))),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void rotatesAFileThatIsFullAndKeepsTwoOldOnes() throws IOException {
    try (LineSink sink = LineSink.to(folder.resolve("flows"), 2L * LINE)) {
      for (int id = 10; id < 19; id++) {
        sink.accept(List.of(SampleFlow.denied(Integer.toString(id))));
      }
      assertEquals(0, sink.lost());
    }
    assertEquals(List.of("18"), ids("flows"));
    assertEquals(List.of("16", "17"), ids("flows.1"));
    assertEquals(List.of("14", "15"), ids("flows.2"));
    assertFalse(Files.exists(folder.resolve("flows.3")));
  }

  @Test
  void goesOnWhereAnEarlierProcessStopped() throws IOException {
    for (int id = 10; id < 13; id++) {
      try (LineSink sink = LineSink.to(folder.resolve("flows"), 2L * LINE)) {
        sink.accept(List.of(SampleFlow.denied(Integer.toString(id))));
      }
    }
    assertEquals(List.of("12"), ids("flows"));
    assertEquals(List.of("10", "11"), ids("flows.1"));
  }

  @Test
  void countsWhatCannotBeWrittenAndTriesAgain() throws IOException {
    Path missing = folder.resolve("later");
    try (LineSink sink = LineSink.to(missing.resolve("flows"), 2L * LINE)) {
      sink.accept(List.of(SampleFlow.denied("10"), SampleFlow.denied("11")));
      assertEquals(2, sink.lost());
      Files.createDirectory(missing);
      sink.accept(List.of(SampleFlow.denied("12")));
      assertEquals(2, sink.lost());
      assertEquals(List.of("12"), ids("later/flows"));
    }
  }

  @Test
  void aBrokenPipeIsCounted() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    try (LineSink sink = LineSink.to(broken)) {
      sink.accept(List.of(SampleFlow.denied("10"), SampleFlow.denied("11")));
      assertEquals(2, sink.lost());
    }
  }

  @Test
  void aFullDiskIsCounted() {
    try (LineSink sink = LineSink.to(Path.of("/dev/full"), Long.MAX_VALUE)) {
      for (int i = 1; i <= 3; i++) {
        sink.accept(List.of(SampleFlow.denied("1" + i)));
        assertEquals(i, sink.lost());
      }
    }
  }
}
