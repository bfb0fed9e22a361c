package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A flow whose two ends both talk all the time, whether they are heard or not. */
final class Chat implements AutoCloseable {
  private static final long PACE = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int TIMEOUT = 5000;

  private final End client;
  private final End server;
  private final Thread thread;
  private volatile boolean closed;

  /** One end, and when it last heard something. */
  private static final class End {
    private final ByteChannel channel;
    private final ByteBuffer heard = ByteBuffer.allocate(1 << 16);
    private volatile long last = System.nanoTime();
    private volatile long words;
    private volatile long longest;

    End(ByteChannel channel) {
      this.channel = channel;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void turn() throws IOException {
      channel.write(ByteBuffer.wrap(new byte[] {'m'}));
      if (channel.read(heard.clear()) > 0) {
        long now = System.nanoTime();
        longest = Math.max(longest, now - last);
        last = now;
        words++;
      }
    }
  }

  private Chat(ByteChannel client, ByteChannel server) {
    this.client = new End(client);
    this.server = new End(server);
    this.thread = Thread.ofPlatform().daemon().name("chat").start(this::talk);
  }

  static Chat tcp(Pod from, Pod to, boolean six, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(to.address(six), port);
    try (ServerSocketChannel listener =
        to.namespace().call(() -> ServerSocketChannel.open(Client.family(address)).bind(address))) {
      SocketChannel client =
          from.namespace().call(() -> SocketChannel.open(Client.family(address)));
      client.socket().connect(address, TIMEOUT);
      SocketChannel server = listener.accept();
      client.configureBlocking(false);
      server.configureBlocking(false);
      return new Chat(client, server);
    }
  }

  static Chat udp(Pod from, Pod to, boolean six, int port) throws IOException {
    DatagramChannel client = datagrams(from, new InetSocketAddress(from.address(six), 0));
    DatagramChannel server = datagrams(to, new InetSocketAddress(to.address(six), port));
    client.connect(server.getLocalAddress());
    server.connect(client.getLocalAddress());
    return new Chat(client, server);
  }

  private static DatagramChannel datagrams(Pod pod, InetSocketAddress address) throws IOException {
    DatagramChannel channel =
        pod.namespace().call(() -> DatagramChannel.open(Client.family(address)).bind(address));
    channel.configureBlocking(false);
    return channel;
  }

  private void talk() {
    try {
      while (!closed) {
        client.turn();
        server.turn();
        LockSupport.parkNanos(PACE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often each end has heard something: the client, the server. */
  List<Long> heard() {
    return List.of(client.words, server.words);
  }

  /** Whether both ends have heard more than then. */
  boolean heardSince(List<Long> then) {
    return client.words > then.get(0) && server.words > then.get(1);
  }

  /** The longest time either end waited before it heard something, in nanoseconds. */
  long longestSilence() {
    return Math.max(client.longest, server.longest);
  }

  /** When, by System.nanoTime, either end last heard something. */
  long lastHeard() {
    return Math.max(client.last, server.last);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
      client.channel.close();
      server.channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
