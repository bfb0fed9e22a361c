package io.merlon.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/**
 * A long stream from one namespace to another over one TCP connection.
 *
 * @param from the client, who sends unless {@code backwards}
 * @param backwards whether the server sends
 */
public record Transfer(
    NetworkNamespace from, NetworkNamespace to, InetSocketAddress address, boolean backwards) {
  private static final int CHUNK = 1 << 18;
  private static final int TIMEOUT = 20_000;

  /**
   * What arrived.
   *
   * @param clientPort of the connection
   */
  public record Result(long bytes, long nanos, boolean intact, int clientPort) {
    public double megabytesPerSecond() {
      return bytes * 1e3 / nanos;
    }
  }

  private record Sum(long bytes, long crc) {}

  /** Sends at least so many bytes and waits until all are there. */
  public Result run(long bytes) throws IOException {
    try (ServerSocketChannel listener =
            to.call(() -> ServerSocketChannel.open(Client.family(address)).bind(address));
        SocketChannel client = from.call(() -> SocketChannel.open(Client.family(address)))) {
      client.socket().connect(address, TIMEOUT);
      int port = client.socket().getLocalPort();
      try (SocketChannel server = listener.accept()) {
        SocketChannel sender = backwards ? server : client;
        SocketChannel receiver = backwards ? client : server;
        long begin = System.nanoTime();
        CompletableFuture<Sum> received = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("receiver").start(() -> receive(receiver, received));
        Sum sent = send(sender, bytes);
        Sum there = received.join();
        long nanos = System.nanoTime() - begin;
        return new Result(there.bytes, nanos, there.equals(sent), port);
      }
    }
  }

  private static Sum send(SocketChannel sender, long bytes) throws IOException {
    byte[] content = new byte[CHUNK];
    new Random(bytes).nextBytes(content);
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).put(content);
    CRC32C crc = new CRC32C();
    long sent = 0;
    while (sent < bytes) {
      chunk.clear();
      while (chunk.hasRemaining()) {
        sender.write(chunk);
      }
      crc.update(chunk.flip());
      sent += CHUNK;
    }
    sender.shutdownOutput();
    return new Sum(sent, crc.getValue());
  }

  private static void receive(SocketChannel receiver, CompletableFuture<Sum> result) {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    CRC32C crc = new CRC32C();
    long received = 0;
    try {
      while (receiver.read(chunk.clear()) >= 0) {
        received += chunk.flip().remaining();
        crc.update(chunk);
      }
      result.complete(new Sum(received, crc.getValue()));
    } catch (IOException e) {
      result.completeExceptionally(e);
    }
  }
}
