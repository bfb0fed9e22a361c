package io.merlon.agent.compile;

import io.merlon.agent.compile.SubjectRegistry.Settled;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.PolicyRef;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The current {@link CompiledPolicy}, brought up to date part by part. */
final class Publication {
  private final CompileOptions options;
  private final DecisionCounts decisions = new DecisionCounts();
  private PersistentMap<PodRef, LocalPod> pods = PersistentMap.empty();
  private PersistentMap<Integer, VerdictTable> tables = PersistentMap.empty();
  private PersistentMap<Integer, List<PolicyRef>> selecting = PersistentMap.empty();
  private PersistentMap<Address, Integer> exact = PersistentMap.empty();
  private PersistentMap<Cidr, Integer> prefixes = PersistentMap.empty();
  private PersistentMap<ServiceKey, ServiceTarget> services = PersistentMap.empty();
  private PersistentMap<Address, List<String>> nodes = PersistentMap.empty();
  private List<CompileProblem> problems = List.of();

  Publication(CompileOptions options) {
    this.options = options;
  }

  CompiledPolicy current() {
    return new CompiledPolicy(
        options,
        pods,
        tables,
        selecting,
        new AddressBook(exact, prefixes),
        services,
        decisions.current(),
        nodes,
        problems);
  }

  void publishProblems(List<CompileProblem> sorted) {
    problems = sorted;
  }

  /** Finds the classes of addresses and prefixes that changed, and publishes them. */
  void publishAddresses(
      AddressRegistry addresses,
      ClassRegistry classes,
      PrefixRegistry.Settled settled,
      Dirty dirty) {
    Map<ClassMember, ClassKey> wanted = new LinkedHashMap<>();
    for (PrefixState prefix : settled.removed()) {
      classes.leave(prefix);
      prefixes = prefixes.without(prefix.cidr);
    }
    for (PrefixState prefix : settled.changed()) {
      wanted.put(prefix, prefix.key);
    }
    for (AddressEntry entry : dirty.addresses) {
      if (addresses.forgetIfUnused(entry)) {
        classes.leave(entry);
        exact = exact.without(entry.address);
        nodes = nodes.without(entry.address);
      } else {
        wanted.put(entry, addresses.keyOf(entry));
      }
    }
    for (ClassMember member : classes.settle(wanted)) {
      if (member instanceof AddressEntry entry) {
        dirty.services.addAll(entry.services);
      }
    }
    for (PrefixState prefix : settled.changed()) {
      prefixes = prefixes.with(prefix.cidr, number(prefix));
    }
    for (AddressEntry entry : dirty.addresses) {
      if (!entry.isUnused()) {
        publish(entry);
      }
    }
  }

  private static Integer number(ClassMember member) {
    return Objects.requireNonNull(member.peerClass).number;
  }

  private void publish(AddressEntry entry) {
    Integer byPrefix = entry.prefix == null ? PeerClass.ANY : number(entry.prefix);
    Integer own = number(entry);
    exact = own.equals(byPrefix) ? exact.without(entry.address) : exact.with(entry.address, own);
    if (entry.nodes.isEmpty()) {
      nodes = nodes.without(entry.address);
    } else {
      nodes =
          nodes.with(entry.address, entry.nodes.stream().map(node -> node.name).sorted().toList());
    }
  }

  void publishTables(Settled settled) {
    for (SubjectState subject : settled.ended()) {
      VerdictTable old = tables.get(subject.number);
      tables = tables.without(subject.number);
      selecting = selecting.without(subject.number);
      if (old != null) {
        decisions.remove(old);
      }
    }
    for (SubjectState subject : settled.changed()) {
      VerdictTable old = tables.get(subject.number);
      decisions.add(subject.table());
      if (old != null) {
        decisions.remove(old);
      }
      tables = tables.with(subject.number, subject.table());
      selecting = selecting.with(subject.number, subject.key.rules().policies());
    }
  }

  void publishServices(ServiceRegistry registry) {
    services = registry.settle(services);
  }

  void publishPods(Collection<PodEntry> changed) {
    for (PodEntry pod : changed) {
      PodRef ref = new PodRef(pod.namespace.name, pod.name);
      // A pod may have been replaced since it was noted: only what is there now counts.
      PodEntry now = pod.namespace.pods.get(pod.name);
      PodGroup group = now == null ? null : now.group;
      PodEntry.Local local = now == null ? null : now.local;
      SubjectState subject = group == null ? null : group.subject;
      pods =
          now == null || group == null || local == null || subject == null
              ? pods.without(ref)
              : pods.with(ref, publish(ref, now, group, local, subject));
    }
  }

  private LocalPod publish(
      PodRef ref, PodEntry pod, PodGroup group, PodEntry.Local local, SubjectState subject) {
    String account = group.key.serviceAccount();
    return new LocalPod(
        ref,
        local.uid(),
        local.node(),
        workload(group, ref),
        subject.number,
        mode(pod.namespace, local),
        Arrays.stream(pod.addresses).map(entry -> entry.address).toList(),
        new Identity(
            ref,
            pod.namespace.labels,
            group.labels,
            account,
            pod.namespace.role(account),
            Identity.spiffeId(options.trustDomain(), ref.namespace(), account)));
  }

  private static WorkloadRef workload(PodGroup group, PodRef pod) {
    WorkloadRef workload = group.workload();
    return workload.equals(WorkloadRef.NONE) ? WorkloadRef.ofPod(pod) : workload;
  }

  /** What is not a mode is as if it were not there: the less particular decides. */
  private Mode mode(NamespaceState namespace, PodEntry.Local local) {
    for (String asked : Arrays.asList(local.mode(), namespace.mode)) {
      Mode mode = asked == null ? null : Mode.parse(asked);
      if (mode != null) {
        return mode;
      }
    }
    return options.defaultMode();
  }
}
