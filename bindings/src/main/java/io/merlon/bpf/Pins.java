package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;

/** Names in the BPF file system, which keep kernel objects alive when no process holds them. */
public final class Pins {
  /** Where the BPF file system is mounted by convention. */
  public static final Path BPFFS = Path.of("/sys/fs/bpf");

  private static final long BPF_FS_MAGIC = 0xcafe4a11L;

  private Pins() {}

  /** Whether a path, or where it would be created, lies on a BPF file system. */
  public static boolean onBpffs(Path path) {
    Path existing = path.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing != null && LibC.fileSystemType(existing.toString()) == BPF_FS_MAGIC;
  }

  /** Fails with the remedy unless a path lies on a BPF file system. */
  public static void requireBpffs(Path path) {
    if (!onBpffs(path)) {
      throw new BpfException(path + " is not on a BPF file system: mount -t bpf bpf " + BPFFS);
    }
  }

  /** Mounts a BPF file system on a folder that exists. */
  public static void mount(Path folder) {
    int result = LibC.mount("bpf", folder.toString());
    if (result < 0) {
      throw new BpfException("mount", -result, "BPF file system on " + folder);
    }
  }

  /** What the kernel says of a pinned map. */
  public static MapInfo mapInfo(Path path) {
    try (Fd fd = open(path, Kind.MAP)) {
      return MapInfo.of(fd.number(), fd.subject());
    }
  }

  /** Removes a name; whether it was there. What lies elsewhere than on a BPF file system stays. */
  public static boolean unpin(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    requireBpffs(folder);
    try {
      return Files.deleteIfExists(path);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static void pin(Fd fd, Path path) {
    requireBpffs(path);
    Path name = path.getFileName();
    if (name != null && name.toString().contains(".")) {
      throw new BpfException(path + " has a dot, which no name on a BPF file system can have");
    }
    try (Arena arena = Arena.ofConfined()) {
      int result = Libbpf.bpf_obj_pin(fd.number(), arena.allocateFrom(path.toString()));
      if (result < 0) {
        throw new BpfException("bpf_obj_pin", -result, fd.subject() + " at " + path);
      }
    }
  }

  /** What a name may stand for, as the kernel calls it in /proc. */
  enum Kind {
    MAP("bpf-map"),
    PROGRAM("bpf-prog"),
    LINK("bpf-link");

    private final String inode;

    Kind(String inode) {
      this.inode = inode;
    }
  }

  /** Opens a name that must stand for a thing of this kind. */
  static Fd open(Path path, Kind kind) {
    Library.require();
    String subject = kind.name().toLowerCase(Locale.ROOT) + " " + path;
    try (Arena arena = Arena.ofConfined()) {
      int result = Libbpf.bpf_obj_get(arena.allocateFrom(path.toString()));
      Fd fd = Fd.of("bpf_obj_get", result, subject);
      try {
        if (!fd.kind().contains(kind.inode)) {
          throw new BpfException(path + " is no pinned " + kind.name().toLowerCase(Locale.ROOT));
        }
        return fd;
      } catch (RuntimeException unfit) {
        fd.close();
        throw unfit;
      }
    }
  }
}
