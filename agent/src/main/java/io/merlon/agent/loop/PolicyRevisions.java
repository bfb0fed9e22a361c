package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.PersistentMap;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Which revision of each policy was told, and which one the kernel enforces.
 *
 * @param uids of the policies that are there
 * @param pending those for which the two may differ
 */
public record PolicyRevisions(
    PersistentMap<ClusterEvent.Key, Revision> policies,
    PersistentMap<ClusterEvent.Key, String> uids,
    Set<ClusterEvent.Key> pending) {
  static final PolicyRevisions NONE =
      new PolicyRevisions(PersistentMap.empty(), PersistentMap.empty(), Set.of());

  /**
   * The revisions of one policy: the API server's number for it, or of a file a hash of its
   * content. "" is none: it is not enforced yet, or deleted and still enforced.
   */
  public record Revision(String seen, String enforced) {
    static final Revision NONE = new Revision("", "");
  }

  public PolicyRevisions {
    pending = Set.copyOf(pending);
  }

  /** After being told something about a policy; about anything else nothing changes. */
  PolicyRevisions seen(ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.PutNetworkPolicy put ->
          seen(
              put.key(),
              put.object().uid(),
              revision(put.object().resourceVersion(), put.object()));
      case ClusterEvent.PutClusterNetworkPolicy put ->
          seen(
              put.key(),
              put.object().uid(),
              revision(put.object().resourceVersion(), put.object()));
      case ClusterEvent.Gone gone ->
          policies.containsKey(gone.key()) ? seen(gone.key(), "", "") : this;
      default -> this;
    };
  }

  private PolicyRevisions seen(ClusterEvent.Key policy, String uid, String revision) {
    Revision before = policies.getOrDefault(policy, Revision.NONE);
    Set<ClusterEvent.Key> waiting = new HashSet<>(pending);
    waiting.add(policy);
    return new PolicyRevisions(
        policies.with(policy, new Revision(revision, before.enforced())),
        uid.isEmpty() ? uids.without(policy) : uids.with(policy, uid),
        waiting);
  }

  /** After the kernel was brought to what was told. */
  PolicyRevisions enforced() {
    PersistentMap<ClusterEvent.Key, Revision> changed = policies;
    for (ClusterEvent.Key policy : pending) {
      Revision revision = changed.get(policy);
      if (revision != null) {
        changed =
            revision.seen().isEmpty()
                ? changed.without(policy)
                : changed.with(policy, new Revision(revision.seen(), revision.seen()));
      }
    }
    return new PolicyRevisions(changed, uids, Set.of());
  }

  private static String revision(String resourceVersion, Record content) {
    return resourceVersion.isEmpty() ? digest(content.toString()) : resourceVersion;
  }

  /** A short name of a content. */
  static String digest(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }
}
