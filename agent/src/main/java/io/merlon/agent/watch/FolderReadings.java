package io.merlon.agent.watch;

import io.merlon.agent.watch.ManifestProblem.Severity;
import io.merlon.agent.watch.ManifestReader.ManifestFile;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The readings of a folder's files, of which each is kept until a better one is had. A file that
 * cannot be read, has an error or is suddenly empty, as while it is being written, keeps saying
 * what it said before, and so does every file of a folder that cannot be listed: half a sentence
 * must not revoke a policy. To take a file's objects back, it is deleted, or written without
 * errors.
 */
final class FolderReadings {
  /** Two writes may leave one time of change, so a young time does not say that nothing changed. */
  private static final Duration YOUNG = Duration.ofSeconds(2);

  private final Path root;
  private final Consumer<Path> folder;
  private final Sharing sharing = new Sharing();
  private SortedMap<Path, Kept> readings = new TreeMap<>();
  private @Nullable FolderContents latest;
  private List<ManifestProblem> listing = List.of();

  /**
   * @param folder is told every folder below the root
   */
  FolderReadings(Path root, Consumer<Path> folder) {
    this.root = root;
    this.folder = folder;
  }

  /** What tells that a file is another than before; a link swapped for another changes the key. */
  private record Stamp(FileTime modified, long size, String key) {
    static Stamp of(BasicFileAttributes file) {
      return new Stamp(file.lastModifiedTime(), file.size(), String.valueOf(file.fileKey()));
    }

    boolean isYoung(Instant now) {
      return modified.toInstant().plus(YOUNG).isAfter(now);
    }
  }

  /**
   * @param inForce the last good reading, or the first if none was good; null if there was none
   * @param problems what is wrong with the file as it is now, if it is not in force
   */
  private record Kept(
      Stamp stamp,
      boolean settled,
      @Nullable ManifestFile inForce,
      List<ManifestProblem> problems) {
    boolean says(Kept other) {
      return Objects.equals(inForce, other.inForce) && problems.equals(other.problems);
    }
  }

  /** Looks at the folder; the same contents are returned while nothing has changed. */
  FolderContents read() {
    var problems = new ArrayList<ManifestProblem>();
    var now = new TreeMap<Path, Kept>();
    ManifestFolder.list(root, problems, folder)
        .forEach((file, attributes) -> now.put(file, reading(file, Stamp.of(attributes))));
    keepUnlisted(now, problems);
    boolean same = says(now) && problems.equals(listing);
    readings = now;
    listing = List.copyOf(problems);
    FolderContents known = latest;
    if (known != null && same) {
      return known;
    }
    FolderContents read = contents(problems);
    latest = read;
    return read;
  }

  private boolean says(SortedMap<Path, Kept> now) {
    return now.keySet().equals(readings.keySet())
        && now.entrySet().stream()
            .allMatch(entry -> {
              Kept before = readings.get(entry.getKey());
              return before != null && entry.getValue().says(before);
            });
  }

  private FolderContents contents(List<ManifestProblem> problems) {
    var files = new ArrayList<ManifestFile>();
    for (Kept reading : readings.values()) {
      if (reading.inForce != null) {
        files.add(reading.inForce);
      }
      problems.addAll(reading.problems);
    }
    return ManifestFolder.contents(files, sharing, problems);
  }

  private Kept reading(Path file, Stamp stamp) {
    Kept before = readings.get(file);
    if (before != null && before.settled && before.stamp.equals(stamp)) {
      return before;
    }
    boolean settled = !stamp.isYoung(Instant.now());
    var problems = new ArrayList<ManifestProblem>();
    Optional<ManifestFile> fresh = ManifestFolder.load(file, sharing, problems);
    ManifestFile old = before == null ? null : before.inForce;
    if (fresh.isPresent() && old != null && fresh.get().text().equals(old.text())) {
      return new Kept(stamp, settled, old, List.of());
    }
    if (fresh.isPresent() && (old == null || isBetter(fresh.get(), old))) {
      return new Kept(stamp, settled, fresh.get(), List.of());
    }
    if (old != null) {
      fresh.ifPresent(bad -> problems.addAll(bad.problems()));
      problems.add(kept(file));
    }
    return new Kept(stamp, settled, old, List.copyOf(problems));
  }

  private static boolean isBetter(ManifestFile fresh, ManifestFile old) {
    boolean emptied = fresh.manifests().isEmpty() && !old.manifests().isEmpty();
    return !fresh.hasErrors() && !emptied;
  }

  private static ManifestProblem kept(Path file) {
    String reason = "what this file said before stays in force";
    return new ManifestProblem(file, 0, "", "", reason, Severity.ERROR);
  }

  /** What lies below something that cannot be listed is not gone. */
  private void keepUnlisted(SortedMap<Path, Kept> now, List<ManifestProblem> problems) {
    List<Path> unlisted = problems.stream().map(ManifestProblem::file).toList();
    readings.forEach((file, reading) -> {
      if (!now.containsKey(file) && unlisted.stream().anyMatch(file::startsWith)) {
        now.put(file, reading);
      }
    });
  }
}
