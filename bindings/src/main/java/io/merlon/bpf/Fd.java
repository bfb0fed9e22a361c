package io.merlon.bpf;

import java.util.concurrent.atomic.AtomicInteger;

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

  @Override
  public void close() {
    int last = number.getAndSet(CLOSED);
    if (last != CLOSED) {
      LibC.close(last);
    }
  }
}
