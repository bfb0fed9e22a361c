package io.merlon.it;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Connections nobody should get, tried one after the other until closed. */
final class ConnectionAttempts implements AutoCloseable {
  private static final Duration HASTY = Duration.ofMillis(2);

  private final AtomicLong made = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  ConnectionAttempts(Pod from, InetSocketAddress to) {
    Client client = new Client(from.namespace(), HASTY);
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("attempts " + to)
            .start(() -> {
              while (!closed) {
                client.tcp(to);
                made.incrementAndGet();
              }
            });
  }

  long made() {
    return made.get();
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
