package io.merlon.datapath.harness;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What denials have in common that are told together.
 *
 * @param key null where it cannot be read, or only in part
 */
public record Denial(int line, CounterKey countedTo, @Nullable FlowKey key) {
  private static final Set<Code> UNREADABLE =
      EnumSet.of(
          Code.ETHERTYPE,
          Code.TRUNCATED,
          Code.BAD_HEADER,
          Code.EXTENSION_CHAIN,
          Code.ROUTING_HEADER);

  public static Denial of(int line, CounterKey countedTo, @Nullable FlowKey key) {
    return new Denial(line, countedTo, isReadable(countedTo) ? key : null);
  }

  private static boolean isReadable(CounterKey countedTo) {
    return switch (countedTo) {
      case CounterKey.Coded coded -> !UNREADABLE.contains(coded.code());
      case CounterKey.Decision decision -> true;
      case CounterKey.Nobodys nobodys -> false;
    };
  }
}
