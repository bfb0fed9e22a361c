package io.merlon.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** An open file descriptor with one owner: closed once, refused afterwards. */
final class Fd implements AutoCloseable {
  private static final int CLOSED = -1;

  private final AtomicInteger number;
  private final String subject;

  Fd(int number, String subject) {
    this.number = new AtomicInteger(number);
    this.subject = subject;
  }

  /** Takes the descriptor a call returned, or fails with the error it returned. */
  static Fd of(String call, int result, String subject) {
    if (result < 0) {
      throw new BpfException(call, -result, subject);
    }
    return new Fd(result, subject);
  }

  /** A second descriptor of the same kernel object. */
  static Fd duplicateOf(int number, String subject) {
    return of("fcntl", LibC.duplicate(number), subject);
  }

  int number() {
    int current = number.getPlain();
    if (current == CLOSED) {
      throw new IllegalStateException(subject + " is closed");
    }
    return current;
  }

  String subject() {
    return subject;
  }

  /** A number the kernel tells of the descriptor in /proc, or 0. */
  long fact(String name) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + number()))) {
      return lines
          .filter(line -> line.startsWith(name + ":"))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * What the kernel calls the kind of the descriptor, such as {@code anon-inode:bpf-map}. A link is
   * spelt {@code bpf_link} where it was created and {@code bpf-link} where it was opened.
   */
  String kind() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number()))
          .toString()
          .replace('_', '-');
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    int last = number.getAndSet(CLOSED);
    if (last != CLOSED) {
      LibC.close(last);
    }
  }
}
