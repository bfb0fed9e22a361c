package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import java.util.Set;
import java.util.TreeSet;

/** Keeps which objects of a kind could not be read as they were told last. */
final class Unread {
  /** More are not told by name; each of them is in the log. */
  private static final int MOST = 100;

  private final KindReport report;
  private Set<String> now = new TreeSet<>();

  /** Of the list that is being read. */
  private Set<String> listed = new TreeSet<>();

  Unread(KindReport report) {
    this.report = report;
  }

  void beginList() {
    listed = new TreeSet<>();
  }

  void listed(ClusterEvent.Key name, boolean isUnread) {
    if (isUnread) {
      listed.add(text(name));
    } else if (!listed.isEmpty()) {
      listed.remove(text(name));
    }
    told(name, isUnread);
  }

  void told(ClusterEvent.Key name, boolean isUnread) {
    if (isUnread ? now.add(text(name)) : !now.isEmpty() && now.remove(text(name))) {
      tell();
    }
  }

  /** The list was complete: what it did not hold is no more. */
  void endList() {
    now = listed;
    listed = new TreeSet<>();
    tell();
  }

  private void tell() {
    report.unread(now.stream().limit(MOST).toList());
  }

  private static String text(ClusterEvent.Key name) {
    return name.namespace().isEmpty() ? name.name() : name.namespace() + "/" + name.name();
  }
}
