package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Gone;
import io.merlon.agent.watch.WatchedKind.Item;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one kind, so that a list can be told as the difference it makes.
 *
 * <p>A list is the truth as of now: what it holds is taken whatever was known, and what it lacks is
 * gone once it is complete, never before. A watch tells changes in order, but after a reconnect or
 * through a proxy an older one may come again: it is known by its version and dropped. Versions are
 * compared as numbers, as Kubernetes promises since 1.35 and has always kept; where they are none,
 * what comes last counts. An object that did not change for us makes no event.
 */
final class KindStore {
  private static final long UNORDERED = -1;
  private static final int REMEMBERED_DELETIONS = 1_024;

  private final Consumer<ClusterEvent> events;
  private final Map<ClusterEvent.Key, Known> objects = new HashMap<>();
  private final Map<ClusterEvent.Key, Long> deleted =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClusterEvent.Key, Long> eldest) {
          return size() > REMEMBERED_DELETIONS;
        }
      };
  private int list;

  KindStore(Consumer<ClusterEvent> events) {
    this.events = events;
  }

  private static final class Known {
    ClusterEvent put;
    long version;
    int list;

    Known(ClusterEvent put, long version, int list) {
      this.put = put;
      this.version = version;
      this.list = list;
    }
  }

  int size() {
    return objects.size();
  }

  /** A list of everything begins; one that began before and did not end is forgotten. */
  void beginList() {
    list++;
  }

  /** An item of the list that was begun. */
  void listed(Item item) {
    take(item, list);
  }

  /** An object of a list that does not claim to be of everything. */
  void found(Item item) {
    Known known = objects.get(item.name());
    take(item, known == null ? list : known.list);
  }

  /** Something the list holds cannot be read: what was known of it stays. */
  void listedUnreadable(ClusterEvent.Key name) {
    Known known = objects.get(name);
    if (known != null) {
      known.list = list;
    }
  }

  /** The list was complete: what it did not hold is gone. */
  void endList() {
    for (Iterator<Known> all = objects.values().iterator(); all.hasNext(); ) {
      Known known = all.next();
      if (known.list != list) {
        all.remove();
        gone(known.put);
      }
    }
    deleted.clear();
  }

  /** The kind itself is gone. */
  void clear() {
    beginList();
    endList();
  }

  /** A watch says that an object was added or changed. */
  void changed(Item item) {
    long version = version(item.resourceVersion());
    Known known = objects.get(item.name());
    long least = known != null ? known.version : deleted.getOrDefault(item.name(), UNORDERED);
    if (version != UNORDERED && version < least) {
      return;
    }
    deleted.remove(item.name());
    take(item, known == null ? list : known.list);
  }

  /** A watch says that an object was deleted. */
  void deleted(ClusterEvent.Key name, String resourceVersion) {
    long version = version(resourceVersion);
    Known known = objects.get(name);
    if (known != null && version != UNORDERED && version < known.version) {
      return;
    }
    if (version != UNORDERED) {
      deleted.merge(name, version, Math::max);
    }
    if (known != null) {
      objects.remove(name);
      gone(known.put);
    }
  }

  private void take(Item item, int inList) {
    long version = version(item.resourceVersion());
    Known known = objects.get(item.name());
    if (known == null) {
      objects.put(item.name(), new Known(item.put(), version, inList));
      events.accept(item.put());
      return;
    }
    ClusterEvent before = known.put;
    known.version = version;
    known.list = inList;
    if (!before.equals(item.put())) {
      known.put = item.put();
      if (!before.key().equals(item.put().key())) {
        gone(before);
      }
      events.accept(item.put());
    }
  }

  /** Tells that an event no longer holds; another object that says the same thing steps in. */
  private void gone(ClusterEvent put) {
    ClusterEvent.Key key = put.key();
    ClusterEvent other =
        key.kind() == ClusterEvent.Kind.POD_IDENTITY_ASSOCIATION ? same(key) : null;
    events.accept(other == null ? new Gone(key) : other);
  }

  private @Nullable ClusterEvent same(ClusterEvent.Key key) {
    for (Known known : objects.values()) {
      if (known.put.key().equals(key)) {
        return known.put;
      }
    }
    return null;
  }

  private static long version(String resourceVersion) {
    int length = resourceVersion.length();
    if (length == 0 || length > 18) {
      return UNORDERED;
    }
    long version = 0;
    for (int i = 0; i < length; i++) {
      char digit = resourceVersion.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNORDERED;
      }
      version = version * 10 + (digit - '0');
    }
    return version;
  }
}
