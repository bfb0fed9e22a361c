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
 * through a proxy an older one may come again: it is known by its version and dropped. Where
 * versions have no order, what comes last counts. An object that did not change for us makes no
 * event.
 *
 * <p>One thread changes it; others may ask what is known.
 */
final class KindStore {
  private static final int REMEMBERED_DELETIONS = 1_024;

  private final Consumer<ClusterEvent> events;
  private final Map<ClusterEvent.Key, Known> objects = new HashMap<>();
  private final Map<ClusterEvent.Key, Long> deleted =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClusterEvent.Key, Long> eldest) {
          if (size() <= REMEMBERED_DELETIONS) {
            return false;
          }
          floor = Math.max(floor, eldest.getValue());
          return true;
        }
      };

  /** What is not known and is not newer than this was deleted, and is not to come back. */
  private long floor = Version.UNORDERED;

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

  synchronized int size() {
    return objects.size();
  }

  /** Tells all that is known, as the events that would make it; for any thread. */
  synchronized void tell(Consumer<? super ClusterEvent> listener) {
    objects.values().forEach(known -> listener.accept(known.put));
  }

  /** A list of everything begins; one that began before and did not end is forgotten. */
  synchronized void beginList() {
    list++;
  }

  /** An item of the list that was begun. */
  synchronized void listed(Item item) {
    take(item, list);
  }

  /** An object of a list that does not claim to be of everything. */
  synchronized void found(Item item) {
    Known known = objects.get(item.name());
    take(item, known == null ? list : known.list);
  }

  /** Something the list holds cannot be read: what was known of it stays. */
  synchronized void listedUnreadable(ClusterEvent.Key name) {
    Known known = objects.get(name);
    if (known != null) {
      known.list = list;
    }
  }

  /**
   * The list was complete: what it did not hold is gone.
   *
   * @param resourceVersion the version it is of
   */
  synchronized void endList(String resourceVersion) {
    for (Iterator<Known> all = objects.values().iterator(); all.hasNext(); ) {
      Known known = all.next();
      if (known.list != list) {
        all.remove();
        gone(known.put);
      }
    }
    deleted.clear();
    floor = Version.of(resourceVersion);
  }

  /** The kind itself is gone. */
  synchronized void clear() {
    beginList();
    endList("");
  }

  /** A watch says that an object was added or changed. */
  synchronized void changed(Item item) {
    long version = Version.of(item.resourceVersion());
    Known known = objects.get(item.name());
    if (version != Version.UNORDERED && version < least(item.name(), known)) {
      return;
    }
    deleted.remove(item.name());
    take(item, known == null ? list : known.list);
  }

  /** The oldest version that says something new about an object. */
  private long least(ClusterEvent.Key name, @Nullable Known known) {
    return known != null ? known.version : Math.max(floor, deleted.getOrDefault(name, floor)) + 1;
  }

  /** A watch says that an object was deleted. */
  synchronized void deleted(ClusterEvent.Key name, String resourceVersion) {
    long version = Version.of(resourceVersion);
    Known known = objects.get(name);
    if (known != null && version != Version.UNORDERED && version < known.version) {
      return;
    }
    if (version != Version.UNORDERED) {
      deleted.merge(name, version, Math::max);
    }
    if (known != null) {
      objects.remove(name);
      gone(known.put);
    }
  }

  private void take(Item item, int inList) {
    long version = Version.of(item.resourceVersion());
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
}
