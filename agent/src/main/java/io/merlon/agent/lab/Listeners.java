package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every listener of every pod, on one thread: each sends back what it receives. */
final class Listeners implements AutoCloseable {
  private static final int BACKLOG = 1024;

  /** Where something listens. */
  record Place(LabNamespace namespace, Address address, Protocol protocol, int port) {
    InetSocketAddress socket() {
      return new InetSocketAddress(InetAddress.ofLiteral(address.toString()), port);
    }

    ProtocolFamily family() {
      return address.isV6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }
  }

  private final Map<Place, SelectableChannel> open = new HashMap<>();
  private final Queue<SelectableChannel> fresh = new ConcurrentLinkedQueue<>();
  private final Selector selector;
  private final Thread thread;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

  Listeners() {
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new LabException("listeners: " + e.getMessage());
    }
    this.thread = Thread.ofPlatform().daemon().name("lab-listeners").start(this::serve);
  }

  /** From now on there is a listener at each of these places, and at no other. */
  void set(Set<Place> places) {
    open.entrySet()
        .removeIf(entry -> {
          boolean gone = !places.contains(entry.getKey());
          if (gone) {
            close(entry.getValue());
          }
          return gone;
        });
    places.stream()
        .filter(place -> !open.containsKey(place))
        .collect(Collectors.groupingBy(Place::namespace))
        .forEach((namespace, missing) ->
            namespace.call(() -> {
              for (Place place : missing) {
                open.put(place, listen(place));
              }
              return true;
            }));
    // A closed channel holds its port until the selector lets go of it.
    selector.wakeup();
  }

  private SelectableChannel listen(Place place) throws IOException {
    SelectableChannel channel =
        switch (place.protocol()) {
          case TCP -> tcp(place);
          case UDP -> DatagramChannel.open(place.family()).bind(place.socket());
          case SCTP, OTHER -> throw new LabException("nobody listens on " + place.protocol());
        };
    channel.configureBlocking(false);
    fresh.add(channel);
    return channel;
  }

  private static ServerSocketChannel tcp(Place place) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(place.family());
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    return channel.bind(place.socket(), BACKLOG);
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        for (SelectableChannel channel = fresh.poll(); channel != null; channel = fresh.poll()) {
          register(channel);
        }
        selector.select(this::serve);
      }
    } catch (IOException e) {
      throw new LabException("listeners: " + e.getMessage());
    }
  }

  private void register(SelectableChannel channel) throws IOException {
    if (channel.isOpen()) {
      boolean accepts = channel instanceof ServerSocketChannel;
      channel.register(selector, accepts ? SelectionKey.OP_ACCEPT : SelectionKey.OP_READ);
    }
  }

  private void serve(SelectionKey key) {
    try {
      switch (key.channel()) {
        case ServerSocketChannel server -> accept(server);
        case DatagramChannel udp -> answer(udp);
        case SocketChannel tcp -> answer(tcp);
        default -> throw new IllegalStateException("registered: " + key.channel());
      }
    } catch (IOException e) {
      // Who connected is gone. Whether a connection worked is for that side to say.
      close(key.channel());
    }
  }

  private void accept(ServerSocketChannel server) throws IOException {
    @Nullable SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
  }

  private void answer(DatagramChannel channel) throws IOException {
    buffer.clear();
    @Nullable SocketAddress from = channel.receive(buffer);
    if (from != null) {
      channel.send(buffer.flip(), from);
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    buffer.clear();
    if (channel.read(buffer) < 0) {
      close(channel);
      return;
    }
    channel.write(buffer.flip());
  }

  private static void close(SelectableChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more either way.
    }
  }

  @Override
  public void close() {
    open.values().forEach(Listeners::close);
    try {
      selector.close();
      thread.join();
    } catch (IOException e) {
      throw new LabException("listeners: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
