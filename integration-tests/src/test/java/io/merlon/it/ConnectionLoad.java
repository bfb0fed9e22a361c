package io.merlon.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Short connections from one pod to one server, as many as there is time for, until closed. */
final class ConnectionLoad implements AutoCloseable {
  private static final int PATIENCE = 10_000;

  private final NetworkNamespace from;
  private final InetSocketAddress to;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private final long synRetransmissions;
  private volatile boolean closed;

  ConnectionLoad(NetworkNamespace from, InetSocketAddress to, int threads) {
    this.from = from;
    this.to = to;
    this.synRetransmissions = new Statistics(from).netstat("TcpExt", "TCPSynRetrans");
    for (int i = 0; i < threads; i++) {
      this.threads.add(Thread.ofPlatform().daemon().name("load " + i).start(this::run));
    }
  }

  private void run() {
    while (!closed) {
      try (SocketChannel channel = from.call(() -> SocketChannel.open(Client.family(to)))) {
        channel.socket().connect(to, PATIENCE);
        channel.socket().setSoTimeout(PATIENCE);
        channel.write(ByteBuffer.wrap(new byte[] {'m'}));
        boolean heard = channel.socket().getInputStream().read() == 'm';
        // A reset leaves no TIME_WAIT behind, or ports would run out.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        (heard ? answered : lost).incrementAndGet();
      } catch (IOException e) {
        lost.incrementAndGet();
      }
    }
  }

  long answered() {
    return answered.get();
  }

  /** Connections that came to nothing. */
  long lost() {
    return lost.get();
  }

  /** First packets that had to be sent again. */
  long synRetransmissions() {
    return new Statistics(from).netstat("TcpExt", "TCPSynRetrans") - synRetransmissions;
  }

  /** Opens no more, and waits for those that are open. */
  void end() {
    closed = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }
}
