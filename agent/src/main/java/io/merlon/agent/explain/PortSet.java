package io.merlon.agent.explain;

import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Some ports of some protocols, and whether protocols without ports belong to it.
 *
 * @param ranges by protocol and first port; neighbours never touch
 */
public record PortSet(List<PortRange> ranges, boolean portless) {
  public static final PortSet EMPTY = new PortSet(List.of(), false);

  public PortSet {
    ranges = List.copyOf(ranges);
  }

  public boolean isEmpty() {
    return ranges.isEmpty() && !portless;
  }

  /** Whether it is everything there is. */
  public boolean isEverything() {
    return portless && whole().size() == 3;
  }

  private Set<Protocol> whole() {
    Set<Protocol> whole = EnumSet.noneOf(Protocol.class);
    for (PortRange range : ranges) {
      if (range.equals(PortRange.all(range.protocol()))) {
        whole.add(range.protocol());
      }
    }
    return whole;
  }

  @Override
  public String toString() {
    if (isEverything()) {
      return "everything";
    }
    List<String> parts = new ArrayList<>();
    for (PortRange range : ranges) {
      String protocol = range.protocol().name().toLowerCase(Locale.ROOT);
      if (range.equals(PortRange.all(range.protocol()))) {
        parts.add("all " + protocol);
      } else if (range.first() == range.last()) {
        parts.add(range.first() + "/" + protocol);
      } else {
        parts.add(range.first() + "-" + range.last() + "/" + protocol);
      }
    }
    if (portless) {
      parts.add("protocols without ports");
    }
    return parts.stream().collect(Collectors.joining(", "));
  }

  /** Collects ports in ascending order, a protocol at a time. */
  static final class Builder {
    private final List<PortRange> ranges = new ArrayList<>();
    private boolean portless;

    void add(Protocol protocol, int first, int last) {
      if (!protocol.hasPorts()) {
        portless = true;
        return;
      }
      if (!ranges.isEmpty()
          && ranges.getLast().protocol() == protocol
          && ranges.getLast().last() + 1 == first) {
        first = ranges.removeLast().first();
      }
      ranges.add(new PortRange(protocol, first, last));
    }

    PortSet build() {
      return new PortSet(ranges, portless);
    }
  }
}
