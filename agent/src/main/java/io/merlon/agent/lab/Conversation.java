package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** An open connection on which something is said, and answered, every few milliseconds. */
public final class Conversation implements AutoCloseable {
  private static final int EVERY_MILLIS = 20;
  private static final int CONNECT_MILLIS = 5000;

  private final SocketChannel channel;
  private final Thread thread;
  private volatile long heard;
  private volatile boolean closed;

  private Conversation(SocketChannel channel) {
    this.channel = channel;
    this.thread = Thread.ofPlatform().daemon().name("lab-conversation").unstarted(this::talk);
  }

  static Conversation open(LabNamespace from, Address to, int port) {
    var family = to.isV6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    SocketChannel channel = from.call(() -> SocketChannel.open(family));
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel
          .socket()
          .connect(
              new InetSocketAddress(InetAddress.ofLiteral(to.toString()), port), CONNECT_MILLIS);
      channel.configureBlocking(false);
    } catch (IOException e) {
      throw new LabException("connection to " + to + " port " + port + ": " + e.getMessage());
    }
    Conversation conversation = new Conversation(channel);
    conversation.thread.start();
    return conversation;
  }

  private void talk() {
    ByteBuffer answer = ByteBuffer.allocate(1024);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      while (!closed) {
        channel.write(ByteBuffer.wrap(new byte[] {'m'}));
        selector.select(EVERY_MILLIS);
        selector.selectedKeys().clear();
        if (channel.read(answer.clear()) > 0) {
          heard = System.nanoTime();
          Thread.sleep(EVERY_MILLIS);
        }
      }
    } catch (IOException | InterruptedException e) {
      // It is over; nothing is heard any more, and that is all there is to say.
    }
  }

  /** When an answer came last, by {@link System#nanoTime}; 0 before the first. */
  public long lastHeard() {
    return heard;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
      channel.close();
    } catch (IOException e) {
      // It may have been cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
