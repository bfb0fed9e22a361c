package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Service;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.ClusterNetworkPolicyReader;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.NetworkPolicyReader;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch.NamedPort;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Tier;
import io.merlon.agent.policy.Translation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compiles a snapshot the slow and simple way, with what the real compiler has for languages and
 * rows, but none of its indexes: what the incremental one is compared with.
 */
final class ReferenceCompiler {
  private final CompileOptions options;
  private final ClusterSnapshot snapshot;
  private final ReferenceWorld world;
  private final List<Policy> policies = new ArrayList<>();
  private final ReferenceTests tests = new ReferenceTests();
  private final Map<PodRef, SubjectKey> subjects = new TreeMap<>();
  private final List<CompileProblem> problems = new ArrayList<>();

  private final Map<Cidr, Set<Signature>> prefixes = new TreeMap<>();
  private final Map<Address, Set<Signature>> exact = new TreeMap<>();
  private final Map<Set<Signature>, Integer> classes = new HashMap<>();

  private record SubjectKey(
      List<Policy> policies, List<PortAnswer> ownPorts, WorkloadRef workload) {}

  private ReferenceCompiler(ClusterSnapshot snapshot, CompileOptions options) {
    this.snapshot = snapshot;
    this.options = options;
    this.world = new ReferenceWorld(snapshot, options);
  }

  static CompiledPolicy compile(ClusterSnapshot snapshot, CompileOptions options) {
    return new ReferenceCompiler(snapshot, options).compile();
  }

  private CompiledPolicy compile() {
    readPolicies();
    findSubjects();
    Map<PolicyRule, TestedRule> tested = testRules();
    classifyPrefixes();
    classifyAddresses();
    numberClasses();
    AddressBook book = addressBook();
    Map<SubjectKey, Integer> numbers = new HashMap<>();
    PersistentMap<PodRef, LocalPod> pods = PersistentMap.empty();
    PersistentMap<Integer, VerdictTable> tables = PersistentMap.empty();
    PersistentMap<Integer, List<PolicyRef>> selecting = PersistentMap.empty();
    for (Map.Entry<PodRef, SubjectKey> subject : subjects.entrySet()) {
      Integer known = numbers.get(subject.getValue());
      int number = known == null ? numbers.size() : known;
      if (known == null) {
        numbers.put(subject.getValue(), number);
        tables = tables.with(number, table(subject.getValue(), tested));
        selecting =
            selecting.with(
                number, subject.getValue().policies().stream().map(Policy::ref).toList());
      }
      ReferencePod pod = Objects.requireNonNull(world.pods.get(subject.getKey()));
      pods =
          pods.with(
              pod.pod(),
              new LocalPod(
                  pod.pod(),
                  pod.uid(),
                  pod.node(),
                  pod.workload(),
                  number,
                  pod.mode(),
                  pod.addresses(),
                  pod.identity()));
    }
    problems.addAll(world.problems);
    return new CompiledPolicy(
        options,
        pods,
        tables,
        selecting,
        book,
        services(book),
        decisions(tables),
        nodes(),
        problems.stream().sorted().distinct().toList());
  }

  private void readPolicies() {
    List<Translation> translations = new ArrayList<>();
    for (NetworkPolicy policy : snapshot.networkPolicies()) {
      translations.add(NetworkPolicyReader.read(policy));
    }
    for (ClusterNetworkPolicy policy : snapshot.clusterNetworkPolicies()) {
      translations.add(ClusterNetworkPolicyReader.read(policy));
    }
    for (Translation translation : translations) {
      policies.add(translation.policy());
      problems.addAll(translation.problems());
    }
    policies.sort(Policy.ORDER);
  }

  private void findSubjects() {
    for (ReferencePod pod : world.pods.values()) {
      if (!world.isLocal(pod)) {
        continue;
      }
      List<Policy> selecting = new ArrayList<>();
      for (Policy policy : policies) {
        if (policy
            .subject()
            .matches(
                pod.pod().namespace(), pod.identity().namespaceLabels(), pod.identity().labels())) {
          selecting.add(policy);
        }
      }
      List<PortAnswer> ports = new ArrayList<>(pod.ports());
      ports.removeIf(port -> selecting.stream().noneMatch(policy -> asks(policy, port)));
      subjects.put(
          pod.pod(),
          new SubjectKey(
              selecting, ports, options.node() == null ? WorkloadRef.NONE : pod.workload()));
    }
  }

  private static boolean asks(Policy policy, PortAnswer port) {
    return policy.ingress().stream()
        .flatMap(rule -> rule.ports().stream())
        .anyMatch(match -> match instanceof NamedPort named && port.answers(named));
  }

  private Map<PolicyRule, TestedRule> testRules() {
    Map<PolicyRule, TestedRule> tested = new HashMap<>();
    Set<Policy> relevant = new HashSet<>();
    subjects.values().forEach(subject -> relevant.addAll(subject.policies()));
    for (Policy policy : policies) {
      if (!relevant.contains(policy)) {
        continue;
      }
      for (Direction direction : Direction.values()) {
        for (PolicyRule rule : policy.rules(direction)) {
          if (rule.peers().isEmpty() || rule.ports().isEmpty()) {
            continue;
          }
          DecidedBy by = DecidedBy.of(policy.tier(), rule.ref(), rule.action());
          Decision decision = rule.action() == Action.DENY ? Decision.deny(by) : Decision.allow(by);
          tested.put(
              rule, new TestedRule(tests.number(rule), rule.action(), rule.ports(), decision));
        }
      }
    }
    return tested;
  }

  private void classifyPrefixes() {
    for (Cidr prefix : tests.prefixes) {
      Set<Integer> passed = tests.passedBy(prefix);
      prefixes.put(prefix, Set.of(signature(passed, List.of())));
    }
  }

  private static Signature signature(Set<Integer> passed, List<PortAnswer> ports) {
    return new Signature(passed.stream().mapToInt(Integer::intValue).sorted().toArray(), ports);
  }

  private Set<Signature> byPrefix(Address address) {
    Set<Signature> longest = Set.of(Signature.NONE);
    for (Map.Entry<Cidr, Set<Signature>> prefix : prefixes.entrySet()) {
      // In order, what contains comes before what it contains.
      longest = prefix.getKey().contains(address) ? prefix.getValue() : longest;
    }
    return longest;
  }

  private void classifyAddresses() {
    Map<Address, List<ReferencePod>> owners = new TreeMap<>();
    for (ReferencePod pod : world.pods.values()) {
      for (Address address : pod.addresses()) {
        if (!pod.hostNetwork()) {
          owners.computeIfAbsent(address, a -> new ArrayList<>()).add(pod);
        }
      }
    }
    Set<Address> known = new TreeSet<>(owners.keySet());
    known.addAll(world.nodeAddresses.keySet());
    for (Address address : known) {
      Set<Signature> signatures = new TreeSet<>();
      Set<Integer> prefix = passedByPrefix(address);
      List<ReferencePod> pods = owners.getOrDefault(address, List.of());
      boolean allFade = pods.stream().allMatch(ReferencePod::fading);
      for (ReferencePod pod : pods) {
        if (allFade || !pod.fading()) {
          Set<Integer> passed = tests.passedBy(pod);
          passed.addAll(prefix);
          signatures.add(signature(passed, tests.answers(passed, pod.ports())));
        }
      }
      for (String name : world.nodeAddresses.getOrDefault(address, Set.of())) {
        Set<Integer> passed = new TreeSet<>(prefix);
        Node node = world.nodes.get(name);
        if (node != null) {
          passed.addAll(tests.passedByNode(LabelSet.of(node.labels())));
        }
        signatures.add(signature(passed, List.of()));
      }
      exact.put(address, signatures);
    }
  }

  private Set<Integer> passedByPrefix(Address address) {
    Set<Integer> passed = new TreeSet<>();
    for (int test : byPrefix(address).iterator().next().tests()) {
      passed.add(test);
    }
    return passed;
  }

  private void numberClasses() {
    Set<List<Signature>> all = new TreeSet<>(Comparator.comparing(List::toString));
    prefixes.values().forEach(s -> all.add(List.copyOf(new TreeSet<>(s))));
    exact.values().forEach(s -> all.add(List.copyOf(new TreeSet<>(s))));
    classes.put(Set.of(Signature.NONE), PeerClass.ANY);
    int next = PeerClass.FIRST;
    for (List<Signature> signatures : all) {
      if (classes.putIfAbsent(Set.copyOf(signatures), next) == null) {
        next++;
      }
    }
  }

  private int classOf(Set<Signature> signatures) {
    return Objects.requireNonNull(classes.get(signatures));
  }

  private AddressBook addressBook() {
    PersistentMap<Cidr, Integer> byPrefix = PersistentMap.empty();
    for (Map.Entry<Cidr, Set<Signature>> prefix : prefixes.entrySet()) {
      byPrefix = byPrefix.with(prefix.getKey(), classOf(prefix.getValue()));
    }
    PersistentMap<Address, Integer> entries = PersistentMap.empty();
    for (Map.Entry<Address, Set<Signature>> entry : exact.entrySet()) {
      Address address = entry.getKey();
      boolean own =
          options.node() != null
              && world.nodeAddresses.getOrDefault(address, Set.of()).contains(options.node());
      if (own) {
        entries = entries.with(address, PeerClass.OWN_NODE);
      } else if (!entry.getValue().equals(byPrefix(address))) {
        entries = entries.with(address, classOf(entry.getValue()));
      }
    }
    return new AddressBook(entries, byPrefix);
  }

  private PersistentMap<Address, List<String>> nodes() {
    PersistentMap<Address, List<String>> nodes = PersistentMap.empty();
    for (Map.Entry<Address, Set<String>> entry : world.nodeAddresses.entrySet()) {
      nodes = nodes.with(entry.getKey(), List.copyOf(entry.getValue()));
    }
    return nodes;
  }

  private VerdictTable table(SubjectKey subject, Map<PolicyRule, TestedRule> tested) {
    return VerdictTable.of(
        rows(subject, Direction.INGRESS, tested), rows(subject, Direction.EGRESS, tested));
  }

  private Map<Integer, Row> rows(
      SubjectKey subject, Direction direction, Map<PolicyRule, TestedRule> tested) {
    List<PolicyRef> isolating = new ArrayList<>();
    Map<Tier, List<TestedRule>> rules = new HashMap<>();
    for (Tier tier : Tier.values()) {
      rules.put(tier, new ArrayList<>());
    }
    for (Policy policy : subject.policies()) {
      if (policy.isolates().contains(direction)) {
        isolating.add(policy.ref());
      }
      for (PolicyRule rule : policy.rules(direction)) {
        TestedRule inForce = tested.get(rule);
        if (inForce != null) {
          Objects.requireNonNull(rules.get(policy.tier())).add(inForce);
        }
      }
    }
    RowBuilder builder =
        new RowBuilder(
            new SubjectRules(
                direction,
                Objects.requireNonNull(rules.get(Tier.ADMIN)),
                isolating,
                Objects.requireNonNull(rules.get(Tier.NETWORK_POLICY)),
                Objects.requireNonNull(rules.get(Tier.BASELINE)),
                subject.ownPorts()));
    Map<Integer, Row> rows = new HashMap<>();
    classes.forEach((signatures, number) ->
        rows.put(number, builder.build(List.copyOf(new TreeSet<>(signatures)))));
    return rows;
  }

  private PersistentMap<Long, Decision> decisions(PersistentMap<Integer, VerdictTable> tables) {
    PersistentMap<Long, Decision> decisions = PersistentMap.empty();
    for (VerdictTable table : tables.values()) {
      for (Row row : table.distinctRows()) {
        for (Protocol protocol : Protocol.values()) {
          for (Row.Interval interval : row.intervals(protocol)) {
            decisions = decisions.with(interval.decision().cookie(), interval.decision());
          }
        }
      }
    }
    return decisions;
  }

  private PersistentMap<ServiceKey, ServiceTarget> services(AddressBook book) {
    PersistentMap<ServiceKey, ServiceTarget> services = PersistentMap.empty();
    for (Service service : snapshot.services()) {
      List<EndpointSlice> slices =
          snapshot.endpointSlices().stream()
              .filter(slice ->
                  slice.namespace().equals(service.namespace())
                      && slice.service().equals(service.name()))
              .toList();
      for (Map.Entry<ServiceKey, ServiceTarget> entry :
          ReferenceServices.of(service, slices, book).entrySet()) {
        ServiceTarget other = services.get(entry.getKey());
        services =
            services.with(
                entry.getKey(),
                other == null || other.equals(entry.getValue())
                    ? entry.getValue()
                    : new ServiceTarget.Mixed());
      }
    }
    return services;
  }
}
