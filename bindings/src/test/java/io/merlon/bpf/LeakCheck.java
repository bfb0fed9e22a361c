package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After each test this process holds the same maps, programs and links as before. */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakCheck.class);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    context.getStore(NAMESPACE).put("open", open());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    assertEquals(context.getStore(NAMESPACE).get("open", Map.class), open(), "leaked descriptors");
  }

  /** The open descriptors of kernel objects, by number. */
  static Map<String, String> open() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : fds.toList()) {
        // The listing's own descriptor is gone by now.
        if (Files.isSymbolicLink(fd)) {
          String target = Files.readSymbolicLink(fd).toString();
          if (target.startsWith("anon_inode:") && target.contains("bpf")) {
            found.put(fd.getFileName().toString(), target);
          }
        }
      }
    }
    return found;
  }
}
