package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.ClusterNetworkPolicyReader;
import io.merlon.agent.policy.NetworkPolicyReader;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Translation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles a cluster that changes. The result of {@link #apply} depends only on the objects that
 * are there, not on the events that led to them, except for the numbers of classes and subjects:
 * these stay what they were wherever they can, so that little changes in the kernel.
 *
 * <p>All state is owned by one thread. What is returned is immutable.
 */
public final class IncrementalCompiler {
  private final Dirty dirty = new Dirty();
  private final ProblemRegistry problems = new ProblemRegistry();
  private final NamespaceRegistry namespaces = new NamespaceRegistry(problems, dirty);
  private final TestRegistry tests = new TestRegistry();
  private final AddressRegistry addresses;
  private final NodeRegistry nodes;
  private final PodRegistry pods;
  private final ClassRegistry classes = new ClassRegistry();
  private final SubjectRegistry subjects;
  private final ServiceRegistry services;
  private final Publication publication;

  public IncrementalCompiler(CompileOptions options) {
    this(options, List.of());
  }

  public IncrementalCompiler(CompileOptions options, List<Policy> builtIn) {
    this(options, builtIn, Map.of());
  }

  /**
   * Begins with an empty cluster.
   *
   * @param builtIn policies that are there from the beginning, whatever the cluster has
   * @param inKernel the subjects the kernel has from before, and whom it counts them for
   */
  public IncrementalCompiler(
      CompileOptions options, List<Policy> builtIn, Map<Integer, WorkloadRef> inKernel) {
    this.subjects = new SubjectRegistry(tests, options, new SubjectNumbers(inKernel));
    this.addresses = new AddressRegistry(options, tests, dirty);
    this.nodes = new NodeRegistry(addresses, dirty);
    this.pods = new PodRegistry(options, namespaces, nodes, addresses, problems, dirty);
    this.services = new ServiceRegistry(addresses, classes, dirty);
    this.publication = new Publication(options);
    // No object of the cluster can have such a name.
    builtIn.forEach(
        policy -> subjects.clusterPolicies.put(policy.ref().toString(), new PolicyState(policy)));
  }

  /** The state all events so far lead to. */
  public CompiledPolicy current() {
    return publication.current();
  }

  /** Takes events in, and returns the state they lead to. */
  public CompiledPolicy apply(Collection<? extends ClusterEvent> events) {
    for (ClusterEvent event : events) {
      take(event);
    }
    settle();
    return publication.current();
  }

  /**
   * Says that the kernel holds the {@link #current} state and nothing older, so that numbers
   * without a meaning may get another one.
   */
  public void settled() {
    classes.numbers().settled();
    subjects.numbers().settled();
  }

  private void take(ClusterEvent event) {
    ClusterEvent.Key key = event.key();
    switch (event) {
      case ClusterEvent.Gone gone -> remove(gone.key());
      case ClusterEvent.PutNamespace put -> namespaces.put(key, put.object());
      case ClusterEvent.PutPod put -> pods.put(key, put.object());
      case ClusterEvent.PutServiceAccount put -> namespaces.put(key, put.object());
      case ClusterEvent.PutNode put -> nodes.put(put.object());
      case ClusterEvent.PutService put -> services.put(put.object());
      case ClusterEvent.PutEndpointSlice put -> services.put(put.object());
      case ClusterEvent.PutNetworkPolicy put -> put(key, put.object());
      case ClusterEvent.PutClusterNetworkPolicy put -> put(key, put.object());
      case ClusterEvent.PutPodIdentityAssociation put -> namespaces.put(key, put.object());
    }
  }

  private void remove(ClusterEvent.Key key) {
    switch (key.kind()) {
      case NAMESPACE -> namespaces.remove(key);
      case POD -> pods.remove(key);
      case SERVICE_ACCOUNT -> namespaces.removeAccount(key);
      case NODE -> nodes.remove(key.name());
      case SERVICE -> services.remove(key.namespace(), key.name());
      case ENDPOINT_SLICE -> services.removeSlice(key.namespace(), key.name());
      case NETWORK_POLICY -> removeNetworkPolicy(key);
      case CLUSTER_NETWORK_POLICY -> {
        problems.set(key, List.of());
        if (subjects.clusterPolicies.remove(key.name()) != null) {
          dirty.selections.addAll(subjects.localGroups);
        }
      }
      case POD_IDENTITY_ASSOCIATION -> namespaces.removeAssociation(key);
    }
  }

  private void put(ClusterEvent.Key key, NetworkPolicy policy) {
    NamespaceState namespace = namespaces.of(policy.namespace());
    if (put(key, NetworkPolicyReader.read(policy), namespace.policies)) {
      selectAnew(namespace);
    }
  }

  private void put(ClusterEvent.Key key, ClusterNetworkPolicy policy) {
    if (put(key, ClusterNetworkPolicyReader.read(policy), subjects.clusterPolicies)) {
      dirty.selections.addAll(subjects.localGroups);
    }
  }

  private boolean put(
      ClusterEvent.Key key, Translation translation, Map<String, PolicyState> policies) {
    problems.set(key, translation.problems());
    PolicyState old = policies.get(key.name());
    if (old != null && old.policy.equals(translation.policy())) {
      return false;
    }
    policies.put(key.name(), new PolicyState(translation.policy()));
    return true;
  }

  private void removeNetworkPolicy(ClusterEvent.Key key) {
    problems.set(key, List.of());
    NamespaceState namespace = namespaces.get(key.namespace());
    if (namespace != null && namespace.policies.remove(key.name()) != null) {
      selectAnew(namespace);
      namespaces.forgetIfUnused(namespace);
    }
  }

  private void selectAnew(NamespaceState namespace) {
    for (PodGroup group : namespace.groups.values()) {
      if (group.locals > 0) {
        dirty.selections.add(group);
      }
    }
  }

  private void settle() {
    if (dirty.isEmpty()) {
      publication.publishProblems(problems.sorted());
      return;
    }
    subjects.select(dirty);
    boolean dropped = tests.settle(namespaces.all(), nodes.all(), dirty);
    PrefixRegistry.Settled prefixes = tests.prefixes.settle();
    addresses.settle(prefixes);
    publication.publishAddresses(addresses, classes, prefixes, dirty);
    if (dropped) {
      classes.endDormant();
    }
    publication.publishTables(subjects.settle(classes));
    publication.publishServices(services);
    publication.publishPods(dirty.pods);
    publication.publishProblems(problems.sorted());
    dirty.clear();
  }

  /** The addresses of a pod, none if it is not known. */
  public List<Address> addressesOf(String namespace, String pod) {
    return pods.addressesOf(namespace, pod);
  }

  /** The service at a virtual address and port, as namespace/name; the first, of several. */
  public Optional<String> serviceAt(Address address, Protocol protocol, int port) {
    return services.nameAt(address, protocol, port);
  }

  /** Who has an address, for those who name it; no policy depends on the answer. */
  public AddressOwner ownerOf(Address address) {
    return AddressOwner.of(addresses.get(address));
  }
}
