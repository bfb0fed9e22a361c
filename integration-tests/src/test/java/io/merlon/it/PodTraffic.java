package io.merlon.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What runs inside pods of a cluster, with the Java runtime of Merlon's own image: one class and
 * nothing else, so that a ConfigMap can hold it.
 *
 * <p>{@code serve PORT} echoes TCP, and tells who came by TCP and each datagram. {@code hold
 * INTERVAL COUNT HOST PORT} holds connections, sends a byte over each again and again, and tells
 * how they are. {@code try INTERVAL HOST PORT} opens one connection after the other.
 */
public final class PodTraffic {
  private static final int TELL_MILLIS = 50;
  private static final int PATIENCE = 1_000;

  /** Where it tells. */
  static final Path TOLD = Path.of("/told/lines");

  private PodTraffic() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    System.setOut(
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(TOLD.toFile())), true, UTF_8));
    switch (args[0]) {
      case "serve" -> serve(Integer.parseInt(args[1]));
      case "hold" -> hold(Long.parseLong(args[1]), Integer.parseInt(args[2]), to(args, 3));
      case "try" -> attempt(Long.parseLong(args[1]), to(args, 2));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static InetSocketAddress to(String[] args, int at) {
    return new InetSocketAddress(args[at], Integer.parseInt(args[at + 1]));
  }

  private static void serve(int port) throws IOException {
    Thread.ofPlatform().start(() -> receive(port));
    try (ServerSocket server = new ServerSocket(port, 1_000)) {
      System.out.println("serving");
      while (true) {
        Socket client = server.accept();
        System.out.println("tcp " + plain(client.getInetAddress()));
        Thread.ofVirtual().start(() -> echo(client));
      }
    }
  }

  private static String plain(InetAddress address) {
    return address.getHostAddress();
  }

  private static void echo(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // The client says whether that was wrong.
    }
  }

  private static void receive(int port) {
    try (DatagramSocket socket = new DatagramSocket(port)) {
      DatagramPacket packet = new DatagramPacket(new byte[64], 64);
      while (true) {
        socket.receive(packet);
        System.out.println("udp " + plain(packet.getAddress()));
      }
    } catch (IOException e) {
      throw new IllegalStateException("udp port " + port, e);
    }
  }

  private static void hold(long interval, int count, InetSocketAddress to) throws Exception {
    AtomicLong lost = new AtomicLong();
    AtomicLong worst = new AtomicLong();
    AtomicLong answers = new AtomicLong();
    AtomicLongArray last = new AtomicLongArray(count);
    for (int i = 0; i < count; i++) {
      int at = i;
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = open(to)) {
              while (true) {
                exchange(socket);
                long now = System.currentTimeMillis();
                long before = last.getAndSet(at, now);
                worst.accumulateAndGet(before == 0 ? 0 : now - before - interval, Math::max);
                answers.incrementAndGet();
                Thread.sleep(interval);
              }
            } catch (IOException | InterruptedException _) {
              lost.incrementAndGet();
            }
          });
    }
    while (true) {
      long open = 0;
      long oldest = Long.MAX_VALUE;
      long latest = 0;
      for (int i = 0; i < count; i++) {
        long answered = last.get(i);
        open += answered == 0 ? 0 : 1;
        oldest = Math.min(oldest, answered);
        latest = Math.max(latest, answered);
      }
      tell(
          "open=%d lost=%d answers=%d worst=%d oldest=%d latest=%d"
              .formatted(open, lost.get(), answers.get(), worst.get(), oldest, latest));
    }
  }

  private static Socket open(InetSocketAddress to) throws InterruptedException {
    while (true) {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(to, PATIENCE);
        return socket;
      } catch (IOException _) {
        Thread.sleep(TELL_MILLIS);
      }
    }
  }

  private static void exchange(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    out.write('m');
    if (in.read() != 'm') {
      throw new IOException("closed");
    }
  }

  private static void attempt(long interval, InetSocketAddress to) throws InterruptedException {
    long made = 0;
    long failed = 0;
    long latest = 0;
    long since = 0;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(to, PATIENCE);
        exchange(socket);
        made++;
        latest = System.currentTimeMillis();
        since = since == 0 ? latest : since;
      } catch (IOException _) {
        failed++;
        since = 0;
      }
      System.out.printf("made=%d failed=%d latest=%d since=%d%n", made, failed, latest, since);
      Thread.sleep(interval);
    }
  }

  private static void tell(String line) throws InterruptedException {
    System.out.println(line);
    Thread.sleep(TELL_MILLIS);
  }
}
