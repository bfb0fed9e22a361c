package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.serve.AgentAddress;
import io.merlon.agent.serve.StatusClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the agent that runs on this node. */
final class Agents {
  private Agents() {}

  /** Where it may answer: by its socket, if it has one, before all others. */
  static List<AgentAddress> addresses(Layers given) {
    Optional<Path> socket = given.get(Options.SOCKET);
    Optional<InetSocketAddress> http = given.get(Options.HTTP_ADDRESS);
    return Stream.concat(
            socket.filter(Files::exists).<AgentAddress>map(AgentAddress.Local::new).stream(),
            http.<AgentAddress>map(AgentAddress.Http::new).stream())
        .toList();
  }

  /** The one that answers. */
  static AgentAddress running(Layers given) throws IOException {
    List<AgentAddress> addresses = addresses(given);
    return addresses.stream()
        .filter(StatusClient::answers)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                addresses.isEmpty()
                    ? "the agent serves nothing: socket and http-address are none"
                    : "no agent answers at " + addresses));
  }
}
