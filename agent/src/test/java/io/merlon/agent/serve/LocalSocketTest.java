package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same pages by a socket in the file system. */
class LocalSocketTest {
  @TempDir private Path folder = Path.of("");

  private StatusServer start(Path at) throws IOException {
    return StatusServer.start(
        at, request -> CompletableFuture.completedFuture(Response.text(200, request.path())));
  }

  @Test
  void answersThoseWhoMayOpenIt() throws IOException {
    Path at = folder.resolve("run/agent.sock");
    try (StatusServer server = start(at)) {
      assertEquals("/x", StatusClient.get(new AgentAddress.Local(at), "/x"));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(at)));
      assertTrue(server.where().toString().endsWith("agent.sock"), server.where().toString());
    }
  }

  @Test
  void takesThePlaceOfOneThatWasLeftBehind() throws IOException {
    Path at = folder.resolve("agent.sock");
    Files.createFile(at);
    try (StatusServer server = start(at)) {
      assertEquals("/x", StatusClient.get(new AgentAddress.Local(at), "/x"));
      assertTrue(server.where().toString().endsWith("agent.sock"), server.where().toString());
    }
  }

  @Test
  void nobodyAnswersWhereNobodyListens() {
    assertFalse(StatusClient.answers(new AgentAddress.Local(folder.resolve("none"))));
  }
}
