package io.merlon.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The routing socket of this machine. */
class RouteSocketTest {
  private static List<RouteMessage> answers(RouteSocket socket, int request) {
    List<RouteMessage> messages = new ArrayList<>();
    while (messages.stream()
        .noneMatch(
            message -> message instanceof RouteMessage.End end && end.request() == request)) {
      assertEquals(RouteSocket.Reception.MESSAGES, socket.receive(messages::add));
    }
    return messages;
  }

  private static long sockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(
              fd -> {
                try {
                  String target = Files.readSymbolicLink(fd).toString();
                  return target.startsWith("socket:") || target.contains("eventfd");
                } catch (IOException gone) {
                  return false;
                }
              })
          .count();
    }
  }

  @Test
  void listsTheLoopbackDevice() {
    try (RouteSocket socket = RouteSocket.open(1 << 20)) {
      List<RouteMessage> messages = answers(socket, socket.request(RouteSocket.Subject.LINKS));
      assertTrue(
          messages.stream()
              .anyMatch(message ->
                  message instanceof RouteMessage.LinkIs link
                      && link.name().equals("lo")
                      && link.ifindex() == 1));
    }
  }

  @Test
  void wakingEndsTheReceiveUnderWayAndLaterOnes() throws Exception {
    try (RouteSocket socket = RouteSocket.open(1 << 20)) {
      CompletableFuture<RouteSocket.Reception> receiver =
          CompletableFuture.supplyAsync(() -> {
            RouteSocket.Reception last;
            do {
              last = socket.receive(message -> {});
            } while (last != RouteSocket.Reception.WOKEN);
            return last;
          });
      socket.wake();
      assertEquals(RouteSocket.Reception.WOKEN, receiver.get());
      assertEquals(RouteSocket.Reception.WOKEN, socket.receive(message -> {}));
    }
  }

  @Test
  void closedItTouchesNoDescriptorAndLeavesNone() throws IOException {
    long before = sockets();
    RouteSocket socket = RouteSocket.open(1 << 20);
    assertEquals(before + 2, sockets());
    socket.close();
    assertEquals(before, sockets());
    socket.close();
    socket.wake();
    assertThrows(IllegalStateException.class, () -> socket.request(RouteSocket.Subject.LINKS));
    assertThrows(IllegalStateException.class, () -> socket.receive(message -> {}));
  }
}
