package io.merlon.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What runs inside pods of a cluster, with the Java runtime of Merlon's own image: one class and
 * nothing else, so that a ConfigMap can hold it.
 *
 * <p>{@code serve PORT} echoes TCP, and tells who came by TCP and each datagram. {@code hold
 * INTERVAL COUNT HOST PORT} holds connections, sends a byte over each again and again, and tells
 * how they are. {@code try INTERVAL HOST PORT} opens one connection after the other. {@code spray
 * INTERVAL PORT HOST4 HOST6} sends datagrams and begins connections to both, and tells how often.
 * {@code look INTERVAL PORT NAMESPACE} asks the node's agent when it enforces which pod.
 */
public final class PodTraffic {
  private static final int TELL_MILLIS = 50;
  private static final int PATIENCE = 1_000;

  /** Where it tells. */
  static final Path TOLD = Path.of("/told/lines");

  private PodTraffic() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    // What came before a restart is to be told after it.
    System.setOut(
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(TOLD.toFile(), true)), true, UTF_8));
    // Without one of its threads a pod would say that nothing comes, or that all is well.
    Thread.setDefaultUncaughtExceptionHandler((_, mistake) -> {
      mistake.printStackTrace();
      Runtime.getRuntime().halt(1);
    });
    switch (args[0]) {
      case "serve" -> serve(Integer.parseInt(args[1]));
      case "hold" -> hold(Long.parseLong(args[1]), Integer.parseInt(args[2]), to(args, 3));
      case "try" -> attempt(Long.parseLong(args[1]), to(args, 2));
      case "spray" -> spray(Long.parseLong(args[1]), Integer.parseInt(args[2]), args[3], args[4]);
      case "look" -> look(Long.parseLong(args[1]), Integer.parseInt(args[2]), args[3]);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static InetSocketAddress to(String[] args, int at) {
    return new InetSocketAddress(args[at], Integer.parseInt(args[at + 1]));
  }

  private static void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 1_000);
        DatagramSocket datagrams = new DatagramSocket(port)) {
      Thread.ofPlatform().start(() -> receive(datagrams));
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

  private static void receive(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    try {
      while (true) {
        socket.receive(packet);
        System.out.println("udp " + plain(packet.getAddress()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  /** A datagram each interval, the beginning of a connection each tenth, in both families. */
  private static void spray(long interval, int port, String four, String six) throws Exception {
    AtomicLongArray sent = new AtomicLongArray(4);
    AtomicLong pause = new AtomicLong();
    for (int i = 0; i < 2; i++) {
      int at = i;
      InetSocketAddress to = new InetSocketAddress(i == 0 ? four : six, port);
      Thread.ofPlatform().start(() -> datagrams(interval, to, sent, at, pause));
      Thread.ofPlatform().start(() -> beginnings(10 * interval, to, sent, 2 + at));
    }
    while (true) {
      tell(
          "udp4=%d udp6=%d tcp4=%d tcp6=%d pause=%d"
              .formatted(sent.get(0), sent.get(1), sent.get(2), sent.get(3), pause.get()));
    }
  }

  private static void datagrams(
      long interval, InetSocketAddress to, AtomicLongArray sent, int at, AtomicLong pause) {
    try (DatagramSocket socket = new DatagramSocket()) {
      long before = System.currentTimeMillis();
      while (true) {
        try {
          socket.send(new DatagramPacket(new byte[] {'m'}, 1, to));
          sent.incrementAndGet(at);
          long now = System.currentTimeMillis();
          pause.accumulateAndGet(now - before, Math::max);
          before = now;
        } catch (IOException _) {
          // It was not sent, and is not counted.
        }
        Thread.sleep(interval);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does not wait for what becomes of a connection: whoever accepts it tells. */
  private static void beginnings(
      long interval, InetSocketAddress to, AtomicLongArray sent, int at) {
    while (true) {
      try (SocketChannel channel = SocketChannel.open()) {
        begin(channel, to, sent, at);
        Thread.sleep(interval);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void begin(
      SocketChannel channel, InetSocketAddress to, AtomicLongArray sent, int at) {
    try {
      channel.configureBlocking(false);
      // Closed by a reset: an end that a policy forbids midway would be sent again for minutes.
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.connect(to);
      sent.incrementAndGet(at);
    } catch (IOException _) {
      // As above.
    }
  }

  /** Tells of each pod when the agent was first seen to enforce at it all that it was told. */
  private static void look(long interval, int port, String namespace) throws Exception {
    Pattern enforced =
        Pattern.compile(
            "\"namespace\":\"%s\",\"name\":\"([^\"]+)\",[^{}]*\"mode_enforced\":\"enforce\",\"attached\":true,\"up_to_date\":true,[^{}]*\"seen\":\"([^\"]+)\",\"enforced\":\"\\2\",\"policies\":\\[\\{"
                .formatted(namespace));
    Set<String> told = new HashSet<>();
    while (true) {
      Matcher found = enforced.matcher(page(port));
      long now = System.currentTimeMillis();
      while (found.find()) {
        if (told.add(found.group(1))) {
          System.out.println("enforced " + found.group(1) + " " + now);
        }
      }
      Thread.sleep(interval);
    }
  }

  private static String page(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE);
      socket.setSoTimeout(PATIENCE);
      socket
          .getOutputStream()
          .write("GET /v1/pods HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException _) {
      // Whoever waits for what is not told says so.
      return "";
    }
  }

  private static void tell(String line) throws InterruptedException {
    System.out.println(line);
    Thread.sleep(TELL_MILLIS);
  }
}
