package io.merlon.agent.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What runs in a lab pod: listens on the pod's TCP ports, and connects where it is told to. One
 * line in, {@code ADDRESS PORT MILLISECONDS}; one line out, what came of it.
 */
@Command(name = "lab-pod", hidden = true, description = "A pod of the lab.")
public final class PodCommand implements Callable<Integer> {
  @Parameters(description = "The ports to listen on.")
  private List<Integer> ports = List.of();

  @Override
  public Integer call() throws IOException {
    for (int port : ports) {
      ServerSocket server = new ServerSocket(port, 64, InetAddress.ofLiteral("::"));
      Thread.ofPlatform().daemon().name("port-" + port).start(() -> accept(server));
    }
    say("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.ofLiteral(words[0]), Integer.parseInt(words[1]));
      say(connect(to, Integer.parseInt(words[2])).name());
    }
    return 0;
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        server.accept().close();
      } catch (IOException e) {
        say("cannot accept on " + server.getLocalPort() + ": " + e.getMessage());
        return;
      }
    }
  }

  private static Reached connect(InetSocketAddress to, int timeoutMillis) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(to, timeoutMillis);
      return Reached.CONNECTED;
    } catch (SocketTimeoutException _) {
      return Reached.TIMED_OUT;
    } catch (ConnectException _) {
      return Reached.REFUSED;
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
