package io.merlon.it;

import io.merlon.bpf.Inventory;
import io.merlon.bpf.LinkInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What an agent holds: its descriptors of each kind, the kernel's objects behind them, its pins,
 * its memory. Only memory may ever be more than before.
 *
 * @param descriptors how many of each kind
 * @param links attached that run its programs
 * @param kilobytes resident
 */
record Footprint(
    Map<String, Integer> descriptors, int programs, int maps, int links, int pins, long kilobytes) {

  static Footprint of(AgentProcess agent) {
    try {
      Path process = Path.of("/proc", String.valueOf(agent.pid()));
      Set<Integer> programs = ids(process, "prog_id:");
      return new Footprint(
          descriptors(process),
          programs.size(),
          ids(process, "map_id:").size(),
          (int)
              Inventory.tcxLinks().stream()
                  .map(LinkInfo::programId)
                  .filter(programs::contains)
                  .count(),
          pins(agent.pins()),
          number(process.resolve("status"), "VmRSS:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same without what may grow. */
  Footprint withoutMemory() {
    return new Footprint(descriptors, programs, maps, links, pins, 0);
  }

  private static Map<String, Integer> descriptors(Path process) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    ofEach(
        process.resolve("fd"),
        file -> {
          String target = Files.readSymbolicLink(file).toString();
          if (target.contains("bpf")) {
            counts.merge(target, 1, Integer::sum);
          }
        });
    return counts;
  }

  private static Set<Integer> ids(Path process, String field) throws IOException {
    Set<Integer> ids = new TreeSet<>();
    ofEach(
        process.resolve("fdinfo"),
        file -> {
          for (String line : Files.readAllLines(file)) {
            if (line.startsWith(field)) {
              ids.add(Integer.parseInt(line.substring(field.length()).strip()));
            }
          }
        });
    return ids;
  }

  /** Looks at a file of a process that goes on opening and closing. */
  private interface Look {
    void at(Path file) throws IOException;
  }

  private static void ofEach(Path folder, Look look) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        try {
          look.at(file);
        } catch (NoSuchFileException closed) {
          // What was closed since it was listed holds nothing.
        }
      }
    }
  }

  private static int pins(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return Math.toIntExact(files.count());
    }
  }

  private static long number(Path file, String field) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
