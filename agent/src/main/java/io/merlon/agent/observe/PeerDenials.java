package io.merlon.agent.observe;

import io.merlon.agent.identity.WorkloadRef;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Denied packets by who was at the other end: those with the most by name, all others as one.
 *
 * <p>Who has the most is found by weights of a bounded number of keys (Space-Saving: a newcomer
 * takes the place, and the weight, of the lightest). A key with a quarter more than the lightest
 * named one takes its name. What was counted for it before stays with the others, and the one that
 * lost its name goes on with the others: no packet counts twice, and no number falls but by being
 * forgotten, where Prometheus sees a counter that begins again.
 */
public final class PeerDenials {
  private static final int ASPIRANTS = 4096;
  private static final int OTHERS = 1024;

  private final int most;
  private final Map<Key, Peer> peers = new HashMap<>();
  private final TreeSet<Peer> named = new TreeSet<>(Peer.LIGHTEST);
  private final TreeSet<Peer> aspirants = new TreeSet<>(Peer.LIGHTEST);
  private final Map<Key, Long> others = new HashMap<>();
  private long made;
  private long overflowed;
  private long replaced;

  /** Whose packets, and from or to whom. */
  public record Key(
      WorkloadRef workload,
      String direction,
      Series.Outcome outcome,
      String peerKind,
      String peerNamespace,
      String peer) {
    private Key otherOf(WorkloadRef pods) {
      return new Key(pods, direction, outcome, "other", "", "");
    }
  }

  /** One that is weighed. */
  private static final class Peer {
    static final Comparator<Peer> LIGHTEST =
        Comparator.comparingLong((Peer peer) -> peer.weight).thenComparingLong(peer -> peer.number);

    final Key key;
    final long number;
    long weight;
    long packets;

    Peer(Key key, long number, long weight) {
      this.key = key;
      this.number = number;
      this.weight = weight;
    }
  }

  /**
   * All of them at one moment.
   *
   * @param overflowed packets that were not counted by name
   * @param replaced names that were given to somebody with more denials
   */
  public record Counted(Map<Key, Long> packets, long overflowed, long replaced) {
    public static final Counted NOTHING = new Counted(Map.of(), 0, 0);

    public Counted {
      packets = Map.copyOf(packets);
    }
  }

  /**
   * Knows of nothing yet.
   *
   * @param most so many keys have a count of their own
   */
  public PeerDenials(int most) {
    this.most = most;
  }

  /** Counts. */
  public synchronized void add(Key key, long count) {
    Peer known = peers.get(key);
    Peer peer = known == null ? enter(key) : known;
    boolean isNamed = named.remove(peer);
    aspirants.remove(peer);
    peer.weight += count;
    if (isNamed || isToBeNamed(peer)) {
      named.add(peer);
      peer.packets += count;
    } else {
      aspirants.add(peer);
      others.merge(other(key), count, Long::sum);
      overflowed += count;
    }
  }

  /** Workloads come and go: only so many have others of their own. */
  private Key other(Key key) {
    Key other = key.otherOf(key.workload());
    return others.size() < OTHERS || others.containsKey(other)
        ? other
        : key.otherOf(WorkloadRef.NONE);
  }

  private Peer enter(Key key) {
    long weight = 0;
    if (aspirants.size() >= ASPIRANTS) {
      Peer lightest = Objects.requireNonNull(aspirants.pollFirst());
      weight = lightest.weight;
      peers.remove(lightest.key);
    }
    Peer peer = new Peer(key, made++, weight);
    peers.put(key, peer);
    return peer;
  }

  private boolean isToBeNamed(Peer peer) {
    if (named.size() < most) {
      return true;
    }
    if (most == 0 || 4 * peer.weight <= 5 * named.first().weight) {
      return false;
    }
    aspirants.add(Objects.requireNonNull(named.pollFirst()));
    replaced++;
    return true;
  }

  /** Halves what was weighed so far, so that who has the most lately outweighs who once had. */
  public synchronized void age() {
    List<Peer> all = List.copyOf(named);
    List<Peer> rest = List.copyOf(aspirants);
    named.clear();
    aspirants.clear();
    peers.values().forEach(peer -> peer.weight /= 2);
    named.addAll(all);
    aspirants.addAll(rest);
  }

  public synchronized Counted counted() {
    Map<Key, Long> packets = new HashMap<>(others);
    named.forEach(peer -> packets.put(peer.key, peer.packets));
    return new Counted(packets, overflowed, replaced);
  }
}
