package io.merlon.agent.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A server of this host's own, at a port nobody else has. */
public final class ServedHere {
  private ServedHere() {}

  public static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  public static StatusServer now(Function<Request, Response> answer) {
    try {
      return StatusServer.start(
          anyPort(), request -> CompletableFuture.completedFuture(answer.apply(request)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
