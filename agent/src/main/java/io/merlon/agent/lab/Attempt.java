package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection that is tried: opened, something sent, and the same awaited back. */
final class Attempt {
  /**
   * What to try.
   *
   * @param from the source address, one of the namespace's
   * @param expected whether it should arrive, which says how long to be patient
   */
  record Task(
      LabNamespace namespace,
      Address from,
      Address to,
      Protocol protocol,
      int port,
      boolean expected) {}

  private final Task task;
  private final SelectableChannel channel;
  private boolean settled;
  private Outcome outcome = Outcome.SILENT;
  private long nanos;

  private Attempt(Task task, SelectableChannel channel) {
    this.task = task;
    this.channel = channel;
  }

  /** Opens its socket, on the namespace's thread; nothing is sent yet. */
  static Attempt open(Task task) throws IOException {
    var family = task.to().isV6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    var local = new InetSocketAddress(InetAddress.ofLiteral(task.from().toString()), 0);
    SelectableChannel channel =
        switch (task.protocol()) {
          case TCP -> SocketChannel.open(family).bind(local);
          case UDP -> DatagramChannel.open(family).bind(local);
          case SCTP, OTHER -> throw new LabException("nobody tries " + task.protocol());
        };
    channel.configureBlocking(false);
    return new Attempt(task, channel);
  }

  void start(Selector selector) {
    var to = new InetSocketAddress(InetAddress.ofLiteral(task.to().toString()), task.port());
    guarded(() -> {
      if (channel instanceof SocketChannel tcp) {
        SelectionKey key = tcp.register(selector, SelectionKey.OP_CONNECT, this);
        if (tcp.connect(to)) {
          connected(key);
        }
      } else if (channel instanceof DatagramChannel udp) {
        udp.connect(to);
        udp.register(selector, SelectionKey.OP_READ, this);
        udp.write(word());
      }
    });
  }

  /** Sends again what may have been lost on the way. */
  void again() {
    if (!settled && channel instanceof DatagramChannel udp) {
      guarded(() -> udp.write(word()));
    }
  }

  /** Goes on; the selector says that it can. */
  void proceed(SelectionKey key) {
    guarded(() -> {
      if (channel instanceof SocketChannel tcp && !tcp.isConnected()) {
        if (tcp.finishConnect()) {
          connected(key);
        }
        return;
      }
      ByteBuffer answer = ByteBuffer.allocate(16);
      int read =
          channel instanceof SocketChannel tcp
              ? tcp.read(answer)
              : ((DatagramChannel) channel).read(answer);
      if (read != 0) {
        settle(read > 0 ? Outcome.ANSWERED : Outcome.REFUSED);
      }
    });
  }

  private void connected(SelectionKey key) throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    ((SocketChannel) channel).write(word());
  }

  private static ByteBuffer word() {
    return ByteBuffer.wrap(new byte[] {'m'});
  }

  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (ConnectException | PortUnreachableException e) {
      settle(Outcome.REFUSED);
    } catch (IOException e) {
      settle(Outcome.UNREACHABLE);
    }
  }

  private void settle(Outcome came) {
    outcome = came;
    settled = true;
    nanos = System.nanoTime();
    close();
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // What came of it is known.
    }
  }

  Task task() {
    return task;
  }

  boolean settled() {
    return settled;
  }

  Outcome outcome() {
    return outcome;
  }

  /** When it was settled, by {@link System#nanoTime}. */
  long nanos() {
    return nanos;
  }
}
