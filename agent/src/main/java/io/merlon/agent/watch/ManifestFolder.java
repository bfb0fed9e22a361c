package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.Manifest.Identity;
import io.merlon.agent.watch.ManifestProblem.Severity;
import io.merlon.agent.watch.ManifestReader.ManifestFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A folder of manifests as a source of cluster state: every {@code .yaml}, {@code .yml} and {@code
 * .json} file in it, at any depth, except hidden ones. Files are taken in the order of their paths.
 */
public final class ManifestFolder {
  private ManifestFolder() {}

  /** Reads a folder, or a single file. Whatever is wrong becomes a problem; the rest is read. */
  public static FolderContents read(Path root) {
    var problems = new ArrayList<ManifestProblem>();
    var sharing = new Sharing();
    var files = new ArrayList<ManifestFile>();
    list(root, problems, _ -> {})
        .keySet()
        .forEach(file -> load(file, sharing, problems).ifPresent(files::add));
    return contents(files, sharing, problems);
  }

  static FolderContents contents(
      Collection<ManifestFile> files, Sharing sharing, List<ManifestProblem> problems) {
    var all = new ArrayList<>(problems);
    var manifests = new LinkedHashMap<Identity, Manifest>();
    for (ManifestFile file : files) {
      all.addAll(file.problems());
      for (Manifest manifest : file.manifests()) {
        Manifest before = manifests.put(manifest.identity(), manifest);
        if (before != null) {
          all.add(repeated(manifest, before));
        }
      }
    }
    return FolderCluster.of(manifests.values(), sharing, all);
  }

  /** The last one wins, as it does when a folder is applied; but the first one is then lost. */
  private static ManifestProblem repeated(Manifest last, Manifest first) {
    Origin before = first.origin();
    String where = before.text().file() + ":" + before.line();
    return new ManifestProblem(
        last.origin().text().file(),
        last.origin().line(),
        last.identity().toString(),
        "",
        "replaces the object of the same name at " + where,
        first instanceof Manifest.Plain(_, _, var put) && isEqual(last, put)
            ? Severity.NOTE
            : Severity.ERROR);
  }

  private static boolean isEqual(Manifest manifest, ClusterEvent other) {
    return manifest instanceof Manifest.Plain plain && plain.put().equals(other);
  }

  static Optional<ManifestFile> load(Path file, Sharing sharing, List<ManifestProblem> problems) {
    try {
      String text = Files.readString(file);
      String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
      return Optional.of(ManifestReader.read(new ManifestText(file, unmarked), sharing));
    } catch (CharacterCodingException e) {
      problems.add(unreadable(file, "not UTF-8 text"));
    } catch (IOException e) {
      problems.add(unreadable(file, "cannot be read: " + e));
    }
    return Optional.empty();
  }

  /** All manifest files under a root, by path; every folder is announced before it is listed. */
  static SortedMap<Path, BasicFileAttributes> list(
      Path root, List<ManifestProblem> problems, Consumer<Path> folder) {
    var files = new TreeMap<Path, BasicFileAttributes>();
    var visitor =
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (isHidden(root, directory)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            folder.accept(directory);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.equals(root) || (isManifest(file) && !isHidden(root, file))) {
              files.put(file, attributes);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            if (file.equals(root) || !isHidden(root, file)) {
              problems.add(unreadable(file, "cannot be read: " + e));
            }
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(
          root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    } catch (IOException e) {
      problems.add(unreadable(root, "cannot be listed: " + e));
    }
    return files;
  }

  private static boolean isHidden(Path root, Path path) {
    Path name = path.getFileName();
    return !path.equals(root) && name != null && name.toString().startsWith(".");
  }

  private static boolean isManifest(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  private static ManifestProblem unreadable(Path file, String reason) {
    return new ManifestProblem(file, 0, "", "", reason, Severity.ERROR);
  }
}
