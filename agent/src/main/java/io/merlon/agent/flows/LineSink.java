package io.merlon.agent.flows;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes flows as lines of JSON, to standard output or to a file, which is rotated by size. */
public final class LineSink implements FlowSink {
  private static final int FILES = 3;

  private final @Nullable Path file;
  private final long largest;
  private @Nullable OutputStream out;
  private long written;
  private final AtomicLong lost = new AtomicLong();

  private LineSink(@Nullable Path file, long largest, @Nullable OutputStream out) {
    this.file = file;
    this.largest = largest;
    this.out = out;
  }

  public static LineSink to(OutputStream out) {
    return new LineSink(null, Long.MAX_VALUE, out);
  }

  /**
   * Appends to a file; {@code FILE.1} and {@code FILE.2} are the ones before it.
   *
   * @param largest in bytes
   */
  public static LineSink to(Path file, long largest) {
    return new LineSink(file, largest, null);
  }

  @Override
  public void accept(List<Flow> flows) {
    try {
      for (Flow flow : flows) {
        write((FlowJson.line(flow) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      if (out != null) {
        out.flush();
      }
    } catch (IOException full) {
      // How many of them left the buffer nobody knows: all count.
      lost.addAndGet(flows.size());
      forget();
    }
  }

  private void write(byte[] line) throws IOException {
    if (file != null && out == null) {
      open(file);
    }
    if (file != null && written > 0 && written + line.length > largest) {
      forget();
      rotate(file);
      open(file);
    }
    if (out != null) {
      out.write(line);
      written += line.length;
    }
  }

  private static void rotate(Path path) throws IOException {
    for (int number = FILES - 1; number > 0; number--) {
      Path from = number == 1 ? path : path.resolveSibling(path.getFileName() + "." + (number - 1));
      if (Files.exists(from)) {
        Files.move(
            from,
            path.resolveSibling(path.getFileName() + "." + number),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void open(Path path) throws IOException {
    out =
        new BufferedOutputStream(
            Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    written = Files.size(path);
  }

  /** What cannot be written to is opened again with the next line. */
  private void forget() {
    if (out != null && file != null) {
      try {
        out.close();
      } catch (IOException alreadyCounted) {
        // Its lines have been counted as lost.
      }
      out = null;
    }
  }

  @Override
  public long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    forget();
  }
}
