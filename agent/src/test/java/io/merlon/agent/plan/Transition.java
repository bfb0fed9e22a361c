package io.merlon.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One plan, walked step by step, with every verdict watched on the way. */
final class Transition {
  private static final List<Probe> PORTS =
      List.of(
          new Probe(Protocol.TCP, 53),
          new Probe(Protocol.TCP, 80),
          new Probe(Protocol.TCP, 443),
          new Probe(Protocol.TCP, 8080),
          new Probe(Protocol.UDP, 53),
          new Probe(Protocol.SCTP, 80),
          new Probe(Protocol.OTHER, 0));

  private final ObservedState before;
  private final DesiredState desired;
  private final Plan plan;
  private final List<Question> questions = new ArrayList<>();

  private record Probe(Protocol protocol, int port) {}

  private record Question(PodRef pod, Address peer, Probe probe, boolean egress) {
    Decision ask(ObservedState state) {
      FakeDatapath datapath = new FakeDatapath(state);
      return egress
          ? datapath.egress(pod, peer, probe.protocol(), probe.port())
          : datapath.ingress(pod, peer, probe.protocol(), probe.port());
    }
  }

  private record Expected(Decision before, Decision after) {
    boolean allows(Decision decision) {
      return decision.equals(before) || decision.equals(after);
    }
  }

  Transition(ObservedState before, DesiredState desired) {
    this.before = before;
    this.desired = desired;
    this.plan = new Planner(Capacities.UNLIMITED).plan(before, desired);
    Set<Address> peers = new TreeSet<>();
    addPeers(peers, before.addresses().exact().keySet(), before.addresses().prefixes().keySet());
    addPeers(peers, desired.addresses().exact().keySet(), desired.addresses().prefixes().keySet());
    for (ServiceKey service : before.services().keySet()) {
      peers.add(service.address());
    }
    for (ServiceKey service : desired.services().keySet()) {
      peers.add(service.address());
    }
    for (Map.Entry<PodRef, Endpoint> entry : before.endpoints().entrySet()) {
      Endpoint later = desired.endpoints().get(entry.getKey());
      if (later != null) {
        Set<Address> own = new TreeSet<>(later.addresses());
        own.addAll(entry.getValue().addresses());
        addQuestions(entry.getKey(), own, peers);
      }
    }
  }

  private static void addPeers(Set<Address> peers, Set<Address> exact, Set<Cidr> prefixes) {
    peers.addAll(exact);
    for (Cidr prefix : prefixes) {
      peers.add(prefix.base());
      peers.add(next(prefix.base()));
    }
    peers.add(Address.of("8.8.8.8"));
  }

  private static Address next(Address address) {
    return switch (address) {
      case Address.V4(int value) -> new Address.V4(value + 1);
      case Address.V6(long high, long low) -> new Address.V6(high, low + 1);
    };
  }

  private void addQuestions(PodRef pod, Set<Address> own, Set<Address> peers) {
    for (Address peer : peers) {
      if (!own.contains(peer)) {
        for (Probe probe : PORTS) {
          questions.add(new Question(pod, peer, probe, true));
          questions.add(new Question(pod, peer, probe, false));
        }
      }
    }
  }

  Plan plan() {
    return plan;
  }

  /** Executes the first steps only, unwatched. */
  ObservedState interruptedAfter(int count) {
    ObservedState state = before;
    for (PlanStep step : plan.steps().subList(0, count)) {
      state = state.after(step);
    }
    return state;
  }

  /** Executes all steps, and asks all questions after each. */
  ObservedState watched() {
    assertFalse(plan.isRefused());
    List<Expected> expected = new ArrayList<>();
    boolean narrows = false;
    for (Question question : questions) {
      Decision was = question.ask(before);
      Decision is = question.ask(plan.result());
      expected.add(new Expected(was, is));
      narrows |= was.allows() && !is.allows();
    }
    ObservedState state = before;
    for (int i = 0; i < plan.steps().size(); i++) {
      state = state.after(plan.steps().get(i));
      if (changesVerdicts(plan.steps().get(i))) {
        for (int q = 0; q < questions.size(); q++) {
          Decision decision = questions.get(q).ask(state);
          if (!expected.get(q).allows(decision)) {
            throw new AssertionError(
                "step "
                    + i
                    + " of "
                    + plan.steps()
                    + ": "
                    + questions.get(q)
                    + " is "
                    + decision
                    + ", neither of "
                    + expected.get(q));
          }
        }
      }
    }
    assertTrue(!narrows || plan.steps().contains(new PlanStep.BumpEpoch()), "cuts what it denies");
    checkReached(state);
    checkReached(plan.result());
    assertEquals(plan.result(), state);
    return state;
  }

  private static boolean changesVerdicts(PlanStep step) {
    return !(step instanceof PlanStep.WriteTable
        || step instanceof PlanStep.FreeTable
        || step instanceof PlanStep.DropSubject
        || step instanceof PlanStep.DeleteEndpoint
        || step instanceof PlanStep.BumpEpoch);
  }

  private void checkReached(ObservedState state) {
    assertEquals(desired.endpoints(), state.endpoints());
    assertEquals(desired.addresses(), state.addresses());
    assertEquals(desired.services(), state.services());
    assertEquals(desired.tables().keySet(), state.subjects().keySet());
    for (Map.Entry<Integer, VerdictTable> table : desired.tables().entrySet()) {
      assertEquals(table.getValue(), state.tableOf(table.getKey()));
    }
    assertEquals(Set.copyOf(state.subjects().values()), state.tables().keySet());
    assertEquals(
        List.of(), new Planner(Capacities.UNLIMITED).plan(state, desired).steps(), "settled");
  }
}
