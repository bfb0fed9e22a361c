package io.merlon.agent.watch;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, as it comes. It asks the connection for more only when all before is
 * read, so a slow reader slows the server down instead of filling the heap. A server that says
 * nothing for too long is given up: a connection can be dead without anybody having been told.
 */
final class ResponseStream extends InputStream implements AsyncBody.Consumer<List<ByteBuffer>> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<ByteBuffer> arrived = new ArrayDeque<>();
  private final Duration patience;
  private final Runnable onBytes;
  private BeforeWaiting beforeWaiting = () -> {};
  private @Nullable AsyncBody body;
  private @Nullable Throwable failure;
  private boolean ended;

  /**
   * @param patience how long the server may be silent
   * @param onBytes called whenever bytes have come
   */
  ResponseStream(Duration patience, Runnable onBytes) {
    this.patience = patience;
    this.onBytes = onBytes;
  }

  /** Something to do before waiting. */
  interface BeforeWaiting {
    void run() throws IOException;
  }

  /** What to do when all that has come is read, before waiting for more. */
  void beforeWaiting(BeforeWaiting action) {
    beforeWaiting = action;
  }

  /** Connects this stream to the response whose bytes it was given. */
  void attach(AsyncBody responseBody) {
    lock.lock();
    try {
      body = responseBody;
    } finally {
      lock.unlock();
    }
    var _ = responseBody.done().whenComplete((_, thrown) -> end(thrown));
    responseBody.consume();
  }

  @Override
  public void consume(List<ByteBuffer> bytes, AsyncBody source) {
    onBytes.run();
    lock.lock();
    try {
      arrived.addAll(bytes);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable Throwable thrown) {
    lock.lock();
    try {
      ended = true;
      failure = thrown;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = next();
    if (buffer == null) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  /** A buffer that has bytes left, or null at the end. */
  private @Nullable ByteBuffer next() throws IOException {
    ByteBuffer ready = poll();
    if (ready == null && !hasEnded()) {
      beforeWaiting.run();
      requestMore();
      ready = await();
    }
    if (ready == null && failure != null) {
      throw new IOException("the response broke off", failure);
    }
    return ready;
  }

  private @Nullable ByteBuffer poll() {
    lock.lock();
    try {
      return peekNonEmpty();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ByteBuffer peekNonEmpty() {
    while (!arrived.isEmpty() && !arrived.element().hasRemaining()) {
      arrived.remove();
    }
    return arrived.peek();
  }

  private boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  private void requestMore() {
    AsyncBody source = body;
    if (source != null) {
      source.consume();
    }
  }

  private @Nullable ByteBuffer await() throws IOException {
    lock.lock();
    try {
      long left = patience.toNanos();
      ByteBuffer buffer = peekNonEmpty();
      while (buffer == null && !ended) {
        if (left <= 0) {
          throw new SilentServerException("no byte for " + patience.toMillis() + " ms");
        }
        left = changed.awaitNanos(left);
        buffer = peekNonEmpty();
      }
      return buffer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    AsyncBody source;
    lock.lock();
    try {
      source = body;
    } finally {
      lock.unlock();
    }
    if (source != null) {
      source.cancel();
    }
  }

  /** The server was silent for longer than it may; its connection may be dead. */
  static final class SilentServerException extends IOException {
    private static final long serialVersionUID = 1;

    SilentServerException(String message) {
      super(message);
    }
  }
}
