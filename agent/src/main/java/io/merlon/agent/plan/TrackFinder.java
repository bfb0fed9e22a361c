package io.merlon.agent.plan;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the ways of all subjects, and of the endpoints that change theirs. */
final class TrackFinder {
  /** What judges a subject without a table: the kernel denies everything. */
  static final VerdictTable NO_TABLE = VerdictTable.of(Row.of(Decision.unknown(Verdict.DENY, 1)));

  private final ObservedState observed;
  private final DesiredState desired;
  private final StateDiff diff;
  private final Map<Way, Track> passages = new TreeMap<>();
  private final Map<Way, Track> direct = new TreeMap<>();
  private final Map<PodRef, Track> byEndpoint = new TreeMap<>();
  private int nextSubject;

  TrackFinder(ObservedState observed, DesiredState desired, StateDiff diff) {
    this.observed = observed;
    this.desired = desired;
    this.diff = diff;
  }

  private record Way(int from, int to) implements Comparable<Way> {
    @Override
    public int compareTo(Way other) {
      int order = Integer.compare(from, other.from);
      return order == 0 ? Integer.compare(to, other.to) : order;
    }
  }

  /**
   * All ways.
   *
   * @param passengers the endpoints that need a subject for their passage, with their track
   * @param direct the ways of endpoints that need none: these tracks are not for tables to follow
   */
  record Found(List<Track> tracks, Map<PodRef, Track> passengers, List<Track> direct) {
    List<Track> all() {
      List<Track> all = new ArrayList<>(tracks);
      all.addAll(direct);
      return all;
    }
  }

  Found find() {
    List<Track> tracks = new ArrayList<>();
    new TreeMap<>(desired.tables())
        .forEach((subject, after) -> {
          VerdictTable before = observed.tableOf(subject);
          if (before != null) {
            tracks.add(new Track(subject, subject, before, after));
          }
        });
    observed.endpoints().changes(desired.endpoints(), this::consider);
    tracks.addAll(passages.values());
    return new Found(tracks, byEndpoint, List.copyOf(direct.values()));
  }

  private void consider(PodRef pod, @Nullable Endpoint was, @Nullable Endpoint is) {
    if (was == null || is == null || was.subject() == is.subject()) {
      return;
    }
    VerdictTable after = desired.tables().get(is.subject());
    if (after == null) {
      return;
    }
    VerdictTable found = observed.tableOf(was.subject());
    VerdictTable before = found == null ? NO_TABLE : found;
    if (found == null
        || !diff.concernsOnly(own(was, is))
        || changes(was.subject())
        || changes(is.subject())) {
      Way way = new Way(was.subject(), is.subject());
      byEndpoint.put(
          pod,
          passages.computeIfAbsent(
              way, w -> new Track(unusedSubject(), is.subject(), before, after)));
    } else {
      // Nothing moves about it: it is switched from one final table to another, whole.
      direct.computeIfAbsent(
          new Way(was.subject(), is.subject()),
          w -> new Track(is.subject(), is.subject(), before, after));
    }
  }

  /** The pod's own addresses, before and afterwards: nothing is decided about these. */
  private static List<Address> own(Endpoint was, Endpoint is) {
    return was.addresses().stream().filter(is.addresses()::contains).toList();
  }

  private boolean changes(int subject) {
    VerdictTable before = observed.tableOf(subject);
    VerdictTable after = desired.tables().get(subject);
    return before != null && after != null && !before.equals(after);
  }

  private int unusedSubject() {
    while (observed.subjects().containsKey(nextSubject)
        || desired.tables().containsKey(nextSubject)) {
      nextSubject++;
    }
    return nextSubject++;
  }
}
