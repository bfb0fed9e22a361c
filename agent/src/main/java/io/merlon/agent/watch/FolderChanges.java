package io.merlon.agent.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that something happened in some folders, not what: who is told looks. Where the system can
 * tell of no changes, because its limit of watches is reached or the file system knows none, it
 * merely lets time pass, and the looking still happens.
 */
final class FolderChanges implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderChanges.class);

  private final @Nullable WatchService service;

  private FolderChanges(@Nullable WatchService service) {
    this.service = service;
  }

  /** Changes of a folder itself, or a file: of its name in the folder around it. */
  static FolderChanges of(Path root) {
    FolderChanges changes;
    try {
      changes = new FolderChanges(root.getFileSystem().newWatchService());
    } catch (IOException | UnsupportedOperationException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("folders are looked at periodically");
      changes = new FolderChanges(null);
    }
    Path around = root.toAbsolutePath().getParent();
    if (around != null) {
      changes.include(around);
    }
    return changes;
  }

  /** Tells of changes in this folder too, but not in those below it. */
  void include(Path folder) {
    WatchService open = service;
    if (open == null || !Files.isDirectory(folder)) {
      return;
    }
    try {
      folder.register(open, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
    } catch (IOException e) {
      LOG.atDebug()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", e.getMessage())
          .log("a folder is looked at periodically");
    }
  }

  /** Waits; whether something happened. */
  boolean await(Duration longest) throws InterruptedException {
    WatchService open = service;
    if (open == null) {
      Thread.sleep(longest);
      return false;
    }
    WatchKey key = open.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    boolean happened = key != null;
    for (; key != null; key = open.poll()) {
      key.pollEvents();
      key.reset();
    }
    return happened;
  }

  @Override
  public void close() throws IOException {
    if (service != null) {
      service.close();
    }
  }
}
