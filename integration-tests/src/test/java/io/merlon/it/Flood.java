package io.merlon.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Datagrams from a namespace, one after the other, whether there is a way yet or not. */
final class Flood implements AutoCloseable {
  private static final long PACE = TimeUnit.MICROSECONDS.toNanos(20);

  private final DatagramChannel channel;
  private final InetSocketAddress to;
  private final Thread thread;
  private volatile long sent;
  private volatile boolean closed;

  Flood(NetworkNamespace from, InetSocketAddress to) {
    this.to = to;
    this.channel = from.call(() -> DatagramChannel.open(Client.family(to)));
    this.thread = Thread.ofPlatform().daemon().name("flood " + to).start(this::run);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  private void run() {
    ByteBuffer word = ByteBuffer.allocate(8);
    while (!closed) {
      try {
        channel.send(word.clear(), to);
        sent++;
      } catch (IOException e) {
        // There is no interface yet, no address, or no route: it is tried again.
      }
      LockSupport.parkNanos(PACE);
    }
  }

  /** Datagrams the network stack took. */
  long sent() {
    return sent;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
