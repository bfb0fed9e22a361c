package io.merlon.agent.glass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where breaks are kept: beside the pins, so that they last exactly as long as what they suspend,
 * through every restart and upgrade of the agent. A BPF file system takes no files, but it takes
 * symbolic links: each break is one, and what it leads to is what it says.
 */
public record GlassFolder(Path folder) {
  /** Not there, and so always empty. */
  static final GlassFolder NONE = new GlassFolder(Path.of(""));

  /** Below the root of the pins. */
  public static GlassFolder below(Path root) {
    return new GlassFolder(root.resolve("glass"));
  }

  /** One scope has one break: a new one takes the former one's place, in one step. */
  public void put(Break broken) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve(name(broken.scope()) + "_next");
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, Path.of(written(broken.line())));
    Files.move(next, folder.resolve(name(broken.scope())), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Ends a break before its time; whether there was one. */
  public boolean end(Scope scope) throws IOException {
    return Files.deleteIfExists(folder.resolve(name(scope)));
  }

  /** Those that hold; what is over is removed. */
  List<Break> read(Instant now) {
    List<Break> found = new ArrayList<>();
    for (Path link : links()) {
      try {
        Break broken = Break.parse(read(Files.readSymbolicLink(link).toString()));
        if (broken.isOver(now)) {
          Files.deleteIfExists(link);
        } else {
          found.add(broken);
        }
      } catch (NoSuchFileException gone) {
        // Ended meanwhile.
      } catch (IllegalArgumentException | IOException e) {
        // Nobody's word: it suspends nothing.
      }
    }
    return found;
  }

  /** A path's slashes are not its own: several become one. */
  private static String written(String line) {
    return line.replace("%", "%25").replace("/", "%2F");
  }

  private static String read(String written) {
    return written.replace("%2F", "/").replace("%25", "%");
  }

  private List<Path> links() {
    if (equals(NONE) || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> links = Files.list(folder)) {
      return links
          .filter(link -> !link.toString().endsWith("_next") && Files.isSymbolicLink(link))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /** A BPF file system takes no name with a dot. */
  private static String name(Scope scope) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(scope.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }
}
