package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Talks to an {@link EchoServer} from a namespace, and says what came of it. */
public record Client(NetworkNamespace namespace, Duration patience) {
  /** What came of an attempt. */
  public enum Outcome {
    ANSWERED,
    /** Something said no: a reset, or an ICMP error. */
    REFUSED,
    /** Nothing came back while there was patience. */
    SILENT
  }

  private static final byte[] GREETING = {'m', 'e', 'r', 'l', 'o', 'n'};

  static ProtocolFamily family(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }

  private int millis() {
    return Math.toIntExact(patience.toMillis());
  }

  /** A new connection, a few bytes there and back. */
  public Outcome tcp(InetSocketAddress to) {
    try (SocketChannel channel = open(to)) {
      channel.socket().connect(to, millis());
      channel.socket().setSoTimeout(millis());
      channel.socket().getOutputStream().write(GREETING);
      byte[] answer = channel.socket().getInputStream().readNBytes(GREETING.length);
      return Arrays.equals(answer, GREETING) ? Outcome.ANSWERED : Outcome.REFUSED;
    } catch (SocketTimeoutException e) {
      return Outcome.SILENT;
    } catch (SocketException e) {
      return Outcome.REFUSED; // said no at once, or in the middle
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A socket of the namespace, not connected. */
  public SocketChannel open(InetSocketAddress to) {
    return namespace.call(() -> SocketChannel.open(family(to)));
  }

  /** A datagram there and back. */
  public Outcome udp(InetSocketAddress to, int size) {
    try (DatagramChannel channel = openDatagram(to)) {
      channel.connect(to);
      return exchange(channel, size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A datagram from a source of the namespace's choice, which need not be the pod's. */
  public Outcome udpFrom(InetAddress source, InetSocketAddress to) {
    try (DatagramChannel channel = openDatagram(to)) {
      channel.bind(new InetSocketAddress(source, 0));
      channel.connect(to);
      return exchange(channel, GREETING.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DatagramChannel openDatagram(InetSocketAddress to) {
    return namespace.call(() -> DatagramChannel.open(family(to)));
  }

  private Outcome exchange(DatagramChannel channel, int size) throws IOException {
    byte[] message = new byte[size];
    new Random(size).nextBytes(message);
    channel.write(ByteBuffer.wrap(message));
    channel.socket().setSoTimeout(millis());
    java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[size], size);
    try {
      channel.socket().receive(answer);
    } catch (SocketTimeoutException e) {
      return Outcome.SILENT;
    } catch (PortUnreachableException e) {
      return Outcome.REFUSED;
    }
    boolean same = answer.getLength() == size && Arrays.equals(answer.getData(), message);
    return same ? Outcome.ANSWERED : Outcome.REFUSED;
  }

  /** One ICMP echo request. */
  public Outcome ping(InetAddress to) {
    String seconds = "%.3f".formatted(patience.toMillis() / 1000.0);
    Command ping = namespace.attempt("ping", "-n", "-c", "1", "-W", seconds, to.getHostAddress());
    return switch (ping.exit()) {
      case 0 -> Outcome.ANSWERED;
      case 1 -> ping.output().contains("From ") ? Outcome.REFUSED : Outcome.SILENT;
      default -> throw new IllegalStateException(ping.line() + ": " + ping.output());
    };
  }
}
