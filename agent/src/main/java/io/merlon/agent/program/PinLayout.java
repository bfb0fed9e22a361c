package io.merlon.agent.program;

import io.merlon.bpf.BpfException;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Config;
import io.merlon.datapath.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where our names are in the BPF file system:
 *
 * <pre>
 * ROOT/v3g2/endpoints ...   the maps of layout 3, second generation
 * ROOT/v3g2/program_X_...   the programs on these maps, made of the object whose digest is X
 * ROOT/current              a symbolic link to the generation in force
 * ROOT/links/7_from_pod     the link of a program at interface 7
 * ROOT/totals               what was counted, of all generations
 * ROOT/glass/...            where the glass is broken
 * </pre>
 *
 * A generation is complete before {@code current} names it, and {@code current} changes in one
 * step; so whatever it does not name is a beginning or a rest, and nobody's state.
 */
record PinLayout(Path root) {
  private static final Pattern GENERATION = Pattern.compile("v(\\d+)g(\\d+)");
  private static final Pattern LINK = Pattern.compile("(\\d+)_([a-z_]+)");

  /** The maps of one layout version, numbered. */
  record Generation(Path folder, int layout, int number) {
    Path map(String name) {
      return folder.resolve(name);
    }

    Path program(String digest, Hook hook) {
      return folder.resolve("program_" + digest + "_" + hook.program());
    }

    /** The names of all programs, whichever object they are made of. */
    List<Path> programs() {
      return list(folder).stream()
          .filter(pin -> pin.getFileName().toString().startsWith("program_"))
          .toList();
    }
  }

  /** The pinned link of a program at an interface. */
  record LinkPin(Path path, int ifindex, Hook hook) {}

  /** Makes the folders, and the file system itself if nobody mounted one. */
  void create() {
    try {
      Path parent = root.toAbsolutePath().getParent();
      if (parent != null && !Pins.onBpffs(parent) && Files.isDirectory(parent)) {
        Pins.mount(parent);
      }
      Pins.requireBpffs(root);
      Files.createDirectories(links());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path links() {
    return root.resolve("links");
  }

  private Path current() {
    return root.resolve("current");
  }

  /** The generation in force, if there is one. */
  Optional<Generation> inForce() {
    try {
      if (!Files.isSymbolicLink(current())) {
        return Optional.empty();
      }
      Path folder = root.resolve(Files.readSymbolicLink(current()).getFileName().toString());
      return Files.isDirectory(folder) ? generation(folder) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Generation> generations() {
    return list(root).stream().map(this::generation).flatMap(Optional::stream).toList();
  }

  private Optional<Generation> generation(Path folder) {
    Matcher name = GENERATION.matcher(folder.getFileName().toString());
    return name.matches()
        ? Optional.of(
            new Generation(
                folder, Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))))
        : Optional.empty();
  }

  /** The folder for a new generation, empty. */
  Generation begin() {
    int number = 1 + generations().stream().mapToInt(Generation::number).max().orElse(0);
    Path folder = root.resolve("v" + Config.LAYOUT + "g" + number);
    createFolder(folder);
    return new Generation(folder, Config.LAYOUT, number);
  }

  static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on this generation is the one in force. */
  void putInForce(Generation generation) {
    try {
      Path next = root.resolve("next");
      Files.deleteIfExists(next);
      Files.createSymbolicLink(next, generation.folder().getFileName());
      Files.move(next, current(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remove(Generation generation) {
    list(generation.folder()).forEach(Pins::unpin);
    Pins.unpin(generation.folder());
  }

  Path link(int ifindex, Hook hook) {
    return links().resolve(ifindex + "_" + hook.program());
  }

  List<LinkPin> linkPins() {
    return Files.isDirectory(links())
        ? list(links()).stream().map(PinLayout::linkPin).flatMap(Optional::stream).toList()
        : List.of();
  }

  private static Optional<LinkPin> linkPin(Path path) {
    Matcher name = LINK.matcher(path.getFileName().toString());
    if (!name.matches()) {
      return Optional.empty();
    }
    return Stream.of(Hook.values())
        .filter(hook -> hook.program().equals(name.group(2)))
        .map(hook -> new LinkPin(path, Integer.parseInt(name.group(1)), hook))
        .findFirst();
  }

  /** Removes every name of ours; what nobody else holds is gone then. */
  void removeAll() {
    linkPins().forEach(pin -> Pins.unpin(pin.path()));
    list(root.resolve("glass")).forEach(Pins::unpin);
    Pins.unpin(current());
    Pins.unpin(root.resolve("next"));
    generations().forEach(this::remove);
    Pins.unpin(root.resolve(Ledger.TOTALS));
    try {
      removeIfEmpty(links());
      removeIfEmpty(root.resolve("glass"));
      removeIfEmpty(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    if (Files.isDirectory(folder) && list(folder).isEmpty()) {
      Files.delete(folder);
    }
  }

  /** Whether the names in force are still there, on a BPF file system. */
  boolean intact(Generation generation) {
    return Files.isSymbolicLink(current())
        && Files.isDirectory(generation.folder(), LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(links());
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new BpfException("folder " + folder + " cannot be read: " + e.getMessage());
    }
  }
}
