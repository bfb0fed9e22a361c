package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything that can be asked about some states: what every pod's packets get, from and to every
 * peer that an entry could tell from another. It follows the kernel through plan after plan.
 */
final class Watch {
  private static final List<Question.Port> PORTS =
      List.of(
          new Question.Port(Protocol.TCP, 80),
          new Question.Port(Protocol.TCP, 443),
          new Question.Port(Protocol.TCP, 8080),
          new Question.Port(Protocol.UDP, 53),
          new Question.Port(Protocol.SCTP, 80),
          new Question.Port(Protocol.OTHER, 0));

  private final Set<PodRef> pods = new TreeSet<>();
  private final Set<Address> peers = new TreeSet<>();
  private final Map<PodRef, Map<Address, List<Question>>> questions = new TreeMap<>();
  private ObservedState now;
  private long steps;
  private long comparisons;

  Watch(ObservedState start, List<DesiredState> wanted) {
    now = start;
    add(start.endpoints(), start.addresses(), start.services());
    wanted.forEach(state -> add(state.endpoints(), state.addresses(), state.services()));
    peers.add(Address.of("8.8.8.8"));
    for (PodRef pod : pods) {
      Map<Address, List<Question>> ofPod = new TreeMap<>();
      peers.forEach(peer -> ofPod.put(peer, questions(pod, peer)));
      questions.put(pod, ofPod);
    }
    KernelLookups kernel = new KernelLookups(start);
    all().forEach(question -> question.begin(kernel));
  }

  private static List<Question> questions(PodRef pod, Address peer) {
    List<Question> questions = new ArrayList<>();
    for (Question.Port port : PORTS) {
      questions.add(new Question(pod, peer, port, Direction.EGRESS));
      questions.add(new Question(pod, peer, port, Direction.INGRESS));
    }
    return questions;
  }

  private Stream<Question> all() {
    return questions.values().stream().flatMap(of -> of.values().stream()).flatMap(List::stream);
  }

  private void add(
      PersistentMap<PodRef, Endpoint> endpoints,
      AddressBook book,
      PersistentMap<ServiceKey, ServiceTarget> services) {
    pods.addAll(endpoints.keySet());
    peers.addAll(book.exact().keySet());
    for (Cidr prefix : book.prefixes().keySet()) {
      peers.add(prefix.base());
      peers.add(next(prefix.base()));
    }
    services.keySet().forEach(service -> peers.add(service.address()));
    endpoints.values().forEach(endpoint -> peers.addAll(endpoint.addresses()));
  }

  private static Address next(Address address) {
    return switch (address) {
      case Address.V4(int value) -> new Address.V4(value + 1);
      case Address.V6(long high, long low) -> new Address.V6(high, low + 1);
    };
  }

  /**
   * Executes steps of a plan, and asks after each.
   *
   * @param everything whether to ask also what the step cannot have changed
   */
  Watch follow(Plan plan, int count, boolean everything) {
    KernelLookups before = new KernelLookups(now);
    KernelLookups after = new KernelLookups(plan.result());
    all().forEach(question -> question.expect(before, after));
    for (int i = 0; i < count; i++) {
      PlanStep step = plan.steps().get(i);
      try {
        now = now.after(step);
        check(step, everything);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("step " + i + " of " + plan.steps(), e);
      }
    }
    return this;
  }

  private void check(PlanStep step, boolean everything) {
    steps++;
    KernelLookups kernel = new KernelLookups(now);
    (everything ? all() : concernedBy(step))
        .forEach(question -> {
          comparisons++;
          question.check(kernel);
        });
  }

  /** Those whose answer the step can have changed. */
  private Stream<Question> concernedBy(PlanStep step) {
    return switch (step) {
      case PlanStep.PutAddress put -> about(put.address());
      case PlanStep.DeleteAddress delete -> about(delete.address());
      case PlanStep.PutPrefix put -> in(put.prefix());
      case PlanStep.DeletePrefix delete -> in(delete.prefix());
      case PlanStep.PutService put -> about(put.service().address());
      case PlanStep.DeleteService delete -> about(delete.service().address());
      case PlanStep.SwitchSubject change -> judgedBy(change.subject());
      case PlanStep.DropSubject drop -> judgedBy(drop.subject());
      case PlanStep.PutEndpoint put -> of(put.pod());
      case PlanStep.DeleteEndpoint delete -> of(delete.pod());
      case PlanStep.WriteTable write -> Stream.empty();
      case PlanStep.FreeTable free -> Stream.empty();
      case PlanStep.BumpEpoch bump -> Stream.empty();
    };
  }

  private Stream<Question> about(Address peer) {
    return questions.values().stream().flatMap(of -> of.getOrDefault(peer, List.of()).stream());
  }

  private Stream<Question> in(Cidr prefix) {
    return peers.stream().filter(prefix::contains).flatMap(this::about);
  }

  private Stream<Question> of(PodRef pod) {
    return questions.getOrDefault(pod, Map.of()).values().stream().flatMap(List::stream);
  }

  private Stream<Question> judgedBy(int subject) {
    return now.endpoints().entrySet().stream()
        .filter(endpoint -> endpoint.getValue().subject() == subject)
        .flatMap(endpoint -> of(endpoint.getKey()));
  }

  /** To be called when a plan was followed to its end. */
  void checkCuts() {
    all().forEach(question -> question.checkCut(now));
  }

  ObservedState now() {
    return now;
  }

  long steps() {
    return steps;
  }

  long comparisons() {
    return comparisons;
  }
}
