package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back whatever reaches it by TCP or UDP at one address and port of a namespace. */
public final class EchoServer implements AutoCloseable {
  /** Sent alone, it makes the server close the connection. */
  public static final byte FAREWELL = 4;

  private static final int BACKLOG = 4096;
  private static final int LARGEST = 1 << 16;

  private final InetSocketAddress address;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final DatagramChannel datagrams;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong lastAccepted = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong received = new AtomicLong();
  private final Thread thread;

  private EchoServer(InetSocketAddress address) throws IOException {
    this.address = address;
    this.selector = Selector.open();
    this.listener = ServerSocketChannel.open(Client.family(address));
    listener.bind(address, BACKLOG).configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    this.datagrams = DatagramChannel.open(Client.family(address));
    datagrams.bind(address).configureBlocking(false);
    datagrams.register(selector, SelectionKey.OP_READ);
    this.thread = Thread.ofPlatform().daemon().name("echo " + address).unstarted(this::serve);
  }

  /** Starts one. */
  public static EchoServer start(NetworkNamespace namespace, InetAddress address, int port) {
    EchoServer server = namespace.call(() -> new EchoServer(new InetSocketAddress(address, port)));
    server.thread.start();
    return server;
  }

  public InetSocketAddress address() {
    return address;
  }

  /** Connections so far. */
  public long accepted() {
    return accepted.get();
  }

  /** When the last connection came, by {@link System#nanoTime}; the least number if none has. */
  public long lastAccepted() {
    return lastAccepted.get();
  }

  /** Datagrams so far. */
  public long received() {
    return received.get();
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready);
      }
    } catch (ClosedSelectorException e) {
      // Closed while it waited: that is how it ends.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      switch (key.channel()) {
        case ServerSocketChannel _ -> accept();
        case DatagramChannel _ -> answerDatagram();
        case SocketChannel client -> answer(key, client);
        default -> throw new IllegalStateException("registered: " + key.channel());
      }
    } catch (IOException e) {
      if (key.channel() instanceof SocketChannel broken) {
        closeQuietly(broken);
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel client = listener.accept();
    if (client != null) {
      lastAccepted.set(System.nanoTime());
      accepted.incrementAndGet();
      client.configureBlocking(false);
      client.register(selector, SelectionKey.OP_READ);
    }
  }

  private void answerDatagram() throws IOException {
    buffer.clear();
    SocketAddress from = datagrams.receive(buffer);
    if (from != null) {
      received.incrementAndGet();
      datagrams.send(buffer.flip(), from);
    }
  }

  private void answer(SelectionKey key, SocketChannel client) throws IOException {
    buffer.clear();
    int length = client.read(buffer);
    if (length < 0 || (length == 1 && buffer.get(0) == FAREWELL)) {
      key.cancel();
      client.close();
      return;
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      client.write(buffer);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys().toArray(SelectionKey[]::new)) {
        key.channel().close();
      }
      selector.close();
      thread.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
