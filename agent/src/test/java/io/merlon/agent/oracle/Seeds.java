package io.merlon.agent.oracle;

import io.merlon.agent.compile.PolicyCompiler;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The seeds of a run. Half of them never change; the other half begin where the engine's own byte
 * code says. So a change to the engine meets worlds that nobody has seen, and the same commit
 * always meets the same. {@code -Dmerlon.oracle.seed} makes a run begin at one seed and nowhere
 * else.
 *
 * @param given the seed asked for, null where none was
 * @param derived where the second half begins
 */
record Seeds(@Nullable Long given, long derived) {
  private static final long FIXED = 1;

  static Seeds ofThisBuild() {
    return new Seeds(Long.getLong("merlon.oracle.seed"), hashOfEngine());
  }

  LongStream stream(int count) {
    if (given != null) {
      return LongStream.range(given, given + count);
    }
    int half = count / 2;
    return LongStream.concat(
        LongStream.range(FIXED, FIXED + half), LongStream.range(derived, derived + count - half));
  }

  private static long hashOfEngine() {
    long hash = 0;
    for (Class<?> one : List.of(Identity.class, PolicyCompiler.class, Policy.class)) {
      hash = hash * 31 + hashOfRoom(one);
    }
    return hash >>> 16; // short enough to be typed again
  }

  private static long hashOfRoom(Class<?> one) {
    Path folder;
    try {
      folder = Path.of(Objects.requireNonNull(one.getResource(".")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no path to the engine's classes", e);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> sorted = files.sorted().toList();
      long hash = 0;
      for (Path file : sorted) {
        hash = hash * 31 + Arrays.hashCode(Files.readAllBytes(file));
      }
      return hash;
    } catch (IOException e) {
      throw new UncheckedIOException("engine's classes in " + folder, e);
    }
  }

  @Override
  public String toString() {
    return given != null
        ? "seeds from " + given
        : "seeds from " + FIXED + " and, by this engine's byte code, from " + derived;
  }
}
