package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.watch.KindStatus.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Keeps the status of one kind; written by its thread, read by any. */
final class KindReport {
  /** So long without an answer, and a failure: the server was away, for others too. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final Kind kind;
  private final InstantSource clock;
  private Condition condition = Condition.UNKNOWN;
  private Instant contact;
  private int objects;
  private long lists;
  private long failures;
  private long unreadable;
  private long refusals;
  private @Nullable String lastFailure;

  KindReport(Kind kind, InstantSource clock) {
    this.kind = kind;
    this.clock = clock;
    this.contact = clock.instant();
  }

  /** Whether the server had been away. */
  synchronized boolean contact(int nowKnown) {
    Instant now = clock.instant();
    boolean away = lastFailure != null && Duration.between(contact, now).compareTo(AWAY) >= 0;
    contact = now;
    objects = nowKnown;
    lastFailure = null;
    return away;
  }

  synchronized void listed(int nowKnown) {
    contact(nowKnown);
    lists++;
    condition = Condition.KNOWN;
  }

  synchronized void absent() {
    contact(0);
    condition = Condition.ABSENT;
  }

  /** Whether this is the first failure since the last success. */
  synchronized boolean failed(String reason) {
    boolean first = lastFailure == null;
    failures++;
    lastFailure = reason;
    return first;
  }

  synchronized void unreadable() {
    unreadable++;
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
        unreadable,
        refusals,
        lastFailure);
  }
}
