package io.merlon.agent.compile;

import io.merlon.agent.identity.IamRole;
import io.merlon.agent.identity.LabelSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A namespace and what is in it. There is one as soon as anything names it. */
final class NamespaceState {
  final String name;
  boolean exists;
  LabelSet labels = LabelSet.EMPTY;

  /** The mode its annotation asks for, as written. */
  @Nullable String mode;

  final Map<String, PodEntry> pods = new HashMap<>();
  final Map<PodGroup.Key, PodGroup> groups = new HashMap<>();
  final Map<String, Roles> roles = new HashMap<>();
  final Map<String, PolicyState> policies = new TreeMap<>();

  /** The tests that pods of this namespace can pass at all. */
  final List<PeerTest> candidates = new ArrayList<>();

  NamespaceState(String name) {
    this.name = name;
  }

  /**
   * The IAM roles said to be a service account's.
   *
   * @param hasAssociation whether there is an association, be its role known or not
   */
  record Roles(@Nullable IamRole annotated, boolean hasAssociation, @Nullable IamRole associated) {
    static final Roles NONE = new Roles(null, false, null);

    /**
     * The role its pods get. Where there is an association it is never the annotation's: the
     * webhook that injects credentials asks for associations first
     * (aws/amazon-eks-pod-identity-webhook#189).
     */
    @Nullable IamRole effective() {
      return hasAssociation ? associated : annotated;
    }

    Roles annotated(@Nullable IamRole role) {
      return new Roles(role, hasAssociation, associated);
    }

    Roles associated(@Nullable IamRole role) {
      return new Roles(annotated, true, role);
    }

    Roles notAssociated() {
      return new Roles(annotated, false, null);
    }
  }

  @Nullable IamRole role(String serviceAccount) {
    return roles.getOrDefault(serviceAccount, Roles.NONE).effective();
  }

  boolean isUnused() {
    return !exists && pods.isEmpty() && roles.isEmpty() && policies.isEmpty();
  }
}
