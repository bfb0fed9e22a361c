package io.merlon.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Loads an object in parts: its maps, then each program by itself on these maps, all at the same
 * time. The verifier looks at a large program for some tenths of a second, and nothing in the
 * kernel keeps it from looking at several on as many processors.
 */
final class PartLoader {
  private final BpfObjectSpec spec;
  private final Map<String, Fd> maps = new LinkedHashMap<>();
  private final Map<String, Fd> programs = new LinkedHashMap<>();

  private PartLoader(BpfObjectSpec spec) {
    this.spec = spec;
  }

  static BpfObject load(BpfObjectSpec spec) {
    return new PartLoader(spec).load();
  }

  private BpfObject load() {
    List<Path> newPins =
        spec.maps().stream()
            .map(MapSpec::pinPath)
            .flatMap(Optional::stream)
            .filter(pin -> !Files.exists(pin))
            .toList();
    try (BpfObject bare = bare()) {
      try {
        bare.maps().forEach(map -> maps.put(map, copy(bare.fd(map), "map " + map)));
        loadPrograms(bare);
        return new BpfObject(spec.name(), maps, programs);
      } catch (RuntimeException failure) {
        maps.values().forEach(Fd::close);
        programs.values().forEach(Fd::close);
        newPins.forEach(Pins::unpin);
        throw failure;
      }
    }
  }

  /** The maps without a program. */
  private BpfObject bare() {
    BpfObjectSpec bare = spec.copy();
    spec.programs().forEach(program -> bare.autoload(program.name(), false));
    return bare.load();
  }

  private void loadPrograms(BpfObject bare) {
    Map<String, FutureTask<BpfObject>> parts = new LinkedHashMap<>();
    for (ProgramSpec program : spec.programs()) {
      BpfProgram loaded = spec.loaded().get(program.name());
      if (program.autoload() && loaded != null) {
        programs.put(program.name(), copy(loaded.fd, "program " + program.name()));
      } else if (program.autoload()) {
        parts.put(program.name(), begin(program.name(), bare));
      }
    }
    List<RuntimeException> failures = new ArrayList<>();
    parts.forEach((program, part) -> {
      try (BpfObject object = await(part)) {
        programs.put(program, copy(object.program(program).fd, "program " + program));
      } catch (RuntimeException failure) {
        failures.add(failure);
      }
    });
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private FutureTask<BpfObject> begin(String program, BpfObject bare) {
    BpfObjectSpec part = spec.copy().useMapsOf(bare);
    spec.programs().forEach(other -> part.autoload(other.name(), other.name().equals(program)));
    FutureTask<BpfObject> task = new FutureTask<>(part::load);
    Thread.ofPlatform().name("verify " + program).daemon().start(task);
    return task;
  }

  /** Waits for a part to its end, which the verifier always comes to. */
  private static BpfObject await(FutureTask<BpfObject> part) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return part.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          switch (e.getCause()) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> throw new IllegalStateException(e.getCause());
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Fd copy(Fd fd, String subject) {
    return Fd.duplicateOf(fd.number(), subject);
  }
}
