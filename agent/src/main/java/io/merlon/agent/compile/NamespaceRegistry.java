package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.compile.NamespaceState.Roles;
import io.merlon.agent.identity.IamRole;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.VirtualLabels;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Namespaces, and what is said about the service accounts in them. */
final class NamespaceRegistry {
  static final String ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

  private final Map<String, NamespaceState> namespaces = new HashMap<>();
  private final ProblemRegistry problems;
  private final Dirty dirty;

  NamespaceRegistry(ProblemRegistry problems, Dirty dirty) {
    this.problems = problems;
    this.dirty = dirty;
  }

  Collection<NamespaceState> all() {
    return namespaces.values();
  }

  @Nullable NamespaceState get(String name) {
    return namespaces.get(name);
  }

  NamespaceState of(String name) {
    NamespaceState namespace = namespaces.get(name);
    if (namespace == null) {
      namespace = new NamespaceState(name);
      namespaces.put(name, namespace);
      dirty.namespaces.add(namespace);
    }
    return namespace;
  }

  void forgetIfUnused(NamespaceState namespace) {
    if (namespace.isUnused()) {
      namespaces.remove(namespace.name);
      dirty.namespaces.remove(namespace);
    }
  }

  void put(ClusterEvent.Key key, Namespace object) {
    NamespaceState namespace = of(object.name());
    namespace.exists = true;
    String mode = object.annotations().get(Mode.ANNOTATION);
    set(namespace, VirtualLabels.withoutReserved(object.labels()), mode);
    problems.set(key, Problems.ofMetadata(key, object.labels(), mode));
  }

  void remove(ClusterEvent.Key key) {
    problems.set(key, List.of());
    NamespaceState namespace = namespaces.get(key.name());
    if (namespace != null) {
      namespace.exists = false;
      set(namespace, LabelSet.EMPTY, null);
      forgetIfUnused(namespace);
    }
  }

  private void set(NamespaceState namespace, LabelSet labels, @Nullable String mode) {
    boolean relabelled = !namespace.labels.equals(labels);
    if (relabelled) {
      namespace.labels = labels;
      dirty.namespaces.add(namespace);
    }
    namespace.mode = mode;
    for (PodGroup group : namespace.groups.values()) {
      dirty.localsOf(group);
      if (relabelled) {
        relabelled(group);
      }
    }
  }

  private void relabelled(PodGroup group) {
    dirty.groups.add(group);
    if (group.locals > 0) {
      dirty.selections.add(group);
      dirty.localsOf(group);
    }
  }

  void put(ClusterEvent.Key key, ServiceAccount account) {
    String arn = account.annotations().get(ROLE_ANNOTATION);
    IamRole role =
        arn == null ? null : role(key, "metadata.annotations[" + ROLE_ANNOTATION + "]", arn);
    if (arn == null) {
      problems.set(key, List.of());
    }
    setRoles(key, roles(key).annotated(role));
  }

  void put(ClusterEvent.Key key, PodIdentityAssociation association) {
    IamRole role = role(key, "roleArn", association.roleArn());
    setRoles(key, roles(key).associated(role));
  }

  void removeAccount(ClusterEvent.Key key) {
    problems.set(key, List.of());
    setRoles(key, roles(key).annotated(null));
  }

  void removeAssociation(ClusterEvent.Key key) {
    problems.set(key, List.of());
    setRoles(key, roles(key).notAssociated());
  }

  private @Nullable IamRole role(ClusterEvent.Key key, String field, String arn) {
    IamRole role = IamRole.parse(arn);
    problems.set(key, role == null ? List.of(Problems.noRole(key, field, arn)) : List.of());
    return role;
  }

  private Roles roles(ClusterEvent.Key account) {
    NamespaceState namespace = namespaces.get(account.namespace());
    return namespace == null
        ? Roles.NONE
        : namespace.roles.getOrDefault(account.name(), Roles.NONE);
  }

  private void setRoles(ClusterEvent.Key account, Roles roles) {
    if (roles.equals(roles(account))) {
      return;
    }
    NamespaceState namespace = of(account.namespace());
    if (roles.equals(Roles.NONE)) {
      namespace.roles.remove(account.name());
    } else {
      namespace.roles.put(account.name(), roles);
    }
    for (PodGroup group : namespace.groups.values()) {
      if (group.key.serviceAccount().equals(account.name())) {
        group.labels = group.key.labels(roles.effective());
        relabelled(group);
      }
    }
    forgetIfUnused(namespace);
  }
}
