package io.merlon.agent.watch;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How far the known state may lag behind the cluster. */
public record Staleness(SyncState sync, List<KindStatus> kinds) {
  public Staleness {
    kinds = List.copyOf(kinds);
  }

  /** The time since the last contact about the kind that is worst off. */
  public Duration worst() {
    return kinds.stream()
        .map(KindStatus::sinceContact)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** What could not be read, as {@code kind namespace/name}. */
  public List<String> unread() {
    return kinds.stream()
        .flatMap(kind -> {
          String of = kind.kind().name().toLowerCase(Locale.ROOT);
          return kind.unread().stream().map(name -> of + " " + name);
        })
        .toList();
  }
}
