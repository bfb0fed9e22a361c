package io.merlon.agent.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example for continuous integration, on a repository of its own. */
class ContinuousIntegrationTest {
  private static final Path SCRIPT = Path.of("../docs/examples/ci/check-policies").toAbsolutePath();
  private static final Path FIELD = Path.of("../docs/examples/field");
  private static final String CLOSED =
      "    ports: [{protocol: TCP, port: 8080}]\n---\napiVersion: v1\nkind: ServiceAccount";

  @TempDir Path repository;

  @Test
  void tellsWhatOpensAndFailsOnWhatIsInvalid() throws Exception {
    Path policies = Files.createDirectory(repository.resolve("policies"));
    for (String file : List.of("pods.yaml", "policies.yaml")) {
      Files.copy(FIELD.resolve(file), policies.resolve(file));
    }
    shell(0, "git init -q && git add . && git -c user.name=t -c user.email=t@t commit -qm all");
    assertTrue(check(0).contains("nothing opens"));
    String written = Files.readString(policies.resolve("policies.yaml"));
    String opened = written.replace(CLOSED, CLOSED.substring(CLOSED.indexOf("---")));
    Files.writeString(policies.resolve("policies.yaml"), opened);
    assertTrue(check(0).contains("something opens"));
    String comment = Files.readString(repository.resolve("out/opens.md"));
    assertTrue(comment.contains("payments/payments-api"), comment);
    Files.writeString(policies.resolve("policies.yaml"), written.replace("8080", "80800"));
    check(6);
    String sarif = Files.readString(repository.resolve("out/merlon.sarif"));
    assertTrue(sarif.contains("\"uri\" : \"policies/policies.yaml\""), sarif);
    assertTrue(sarif.contains("no such port: 80800"), sarif);
  }

  private String check(int code) throws IOException, InterruptedException {
    return shell(code, SCRIPT + " HEAD policies out");
  }

  private String shell(int code, String line) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(repository.toFile());
    builder.environment().put("MERLON", String.join(" ", MerlonProcess.command()));
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), printed);
    return printed;
  }
}
