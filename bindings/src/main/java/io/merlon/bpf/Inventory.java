package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel holds, whoever loaded it. What comes or goes during the listing may be left out.
 */
public final class Inventory {
  private Inventory() {}

  /** Programs whose name, of at most 15 characters, begins so. */
  public static List<ProgramInfo> programs(String prefix) {
    return list(Listing.PROGRAMS, ProgramInfo::of).stream()
        .filter(program -> program.name().startsWith(prefix))
        .toList();
  }

  /** Maps whose name, of at most 15 characters, begins so. */
  public static List<MapInfo> maps(String prefix) {
    return list(Listing.MAPS, MapInfo::of).stream()
        .filter(map -> map.name().startsWith(prefix))
        .toList();
  }

  /** The tcx links of all network namespaces, and those that lost their interface. */
  public static List<LinkInfo> tcxLinks() {
    return list(Listing.LINKS, LinkInfo::of).stream().filter(LinkInfo::isTcx).toList();
  }

  /** Whether this process may list: with CAP_SYS_ADMIN. */
  public static boolean isAllowed() {
    Library.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
      return Listing.PROGRAMS.next(0, next) != -Errno.EPERM.code();
    }
  }

  /** The kernel's lists of ids. */
  private enum Listing {
    PROGRAMS,
    MAPS,
    LINKS;

    int next(int id, MemorySegment next) {
      return switch (this) {
        case PROGRAMS -> Libbpf.bpf_prog_get_next_id(id, next);
        case MAPS -> Libbpf.bpf_map_get_next_id(id, next);
        case LINKS -> Libbpf.bpf_link_get_next_id(id, next);
      };
    }

    int open(int id) {
      return switch (this) {
        case PROGRAMS -> Libbpf.bpf_prog_get_fd_by_id(id);
        case MAPS -> Libbpf.bpf_map_get_fd_by_id(id);
        case LINKS -> Libbpf.bpf_link_get_fd_by_id(id);
      };
    }
  }

  private interface Reader<T> {
    T read(int fd, String subject);
  }

  private static <T> List<T> list(Listing listing, Reader<T> reader) {
    Library.require();
    List<T> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
      int id = 0;
      int result = listing.next(id, next);
      while (result == 0) {
        id = next.get(ValueLayout.JAVA_INT, 0);
        read(listing, id, reader, found);
        result = listing.next(id, next);
      }
      if (result != -Errno.ENOENT.code()) {
        throw new BpfException("bpf_obj_get_next_id", -result, "list of " + listing);
      }
      return found;
    }
  }

  private static <T> void read(Listing listing, int id, Reader<T> reader, List<T> found) {
    String subject = listing + " id " + Integer.toUnsignedString(id);
    int result = listing.open(id);
    // A link has its number before it can be opened (EAGAIN of bpf_link_by_id,
    // kernel/bpf/syscall.c).
    if (result == -Errno.ENOENT.code() || result == -Errno.EAGAIN.code()) {
      return;
    }
    try (Fd fd = Fd.of("bpf_obj_get_fd_by_id", result, subject)) {
      found.add(reader.read(fd.number(), subject));
    }
  }
}
