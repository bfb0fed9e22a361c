package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.watch.KindStatus.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the status of one kind; written by its thread, read by any. */
final class KindReport {
  /** What failed for so long is a server that was away, for others too. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final Kind kind;
  private final InstantSource clock;
  private Condition condition = Condition.UNKNOWN;
  private Instant contact;
  private int objects;
  private long lists;
  private long failures;
  private List<String> unread = List.of();
  private long refusals;
  private @Nullable String lastFailure;
  private @Nullable Instant failingSince;

  KindReport(Kind kind, InstantSource clock) {
    this.kind = kind;
    this.clock = clock;
    this.contact = clock.instant();
  }

  /** Whether the server had been away. */
  synchronized boolean contact(int nowKnown) {
    Instant now = clock.instant();
    boolean away = failingSince != null && Duration.between(failingSince, now).compareTo(AWAY) >= 0;
    contact = now;
    objects = nowKnown;
    lastFailure = null;
    failingSince = null;
    return away;
  }

  synchronized void listed(int nowKnown) {
    contact(nowKnown);
    lists++;
    condition = Condition.KNOWN;
  }

  /** Whether the server had been away. */
  synchronized boolean absent() {
    condition = Condition.ABSENT;
    return contact(0);
  }

  /** Whether this is the first failure since the last success. */
  synchronized boolean failed(String reason) {
    boolean first = lastFailure == null;
    failures++;
    failingSince = first ? clock.instant() : failingSince;
    lastFailure = reason;
    return first;
  }

  synchronized void unread(List<String> objects) {
    unread = objects;
  }

  synchronized void refused() {
    refusals++;
  }

  synchronized KindStatus status() {
    return new KindStatus(
        kind,
        condition,
        Duration.between(contact, clock.instant()),
        objects,
        lists,
        failures,
        unread,
        refusals,
        lastFailure);
  }
}
