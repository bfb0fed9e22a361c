package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.policy.Tier;
import io.merlon.agent.program.DatapathSettings.HookKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that changes policies without end while packets are counted, to be killed. Arguments:
 * the folder of pins, the kind of hooks.
 */
final class CountingChild {
  static final PodRef POD = new PodRef("shop", "web-0");
  static final Address OWN = Address.of("10.0.0.1");

  /** Fragments are forgotten so many times sooner than they are. */
  private static final int HASTE = 200;

  static final CounterNames NAMES =
      new CounterNames() {
        @Override
        public WorkloadRef owner(int subject) {
          return new WorkloadRef("shop", "Deployment", "web" + subject);
        }

        @Override
        public Optional<String> series(WorkloadRef owner, SlotMeaning meaning) {
          return Optional.of(
              owner
                  + " "
                  + switch (meaning) {
                    case SlotMeaning.Decided(var decision, _) ->
                        Long.toHexString(decision.cookie());
                    case SlotMeaning.Refused refused -> refused.reason().name();
                    case SlotMeaning.Passed passed -> "passage " + passed.passage();
                    case SlotMeaning.Unknown _ -> "unknown";
                  });
        }
      };

  private CountingChild() {}

  public static void main(String[] args) {
    LibbpfDatapath datapath = open(Path.of(args[0]), HookKind.valueOf(args[1]));
    int moment = 0;
    reach(datapath, moment++);
    System.out.println("open");
    System.out.flush();
    while (true) {
      reach(datapath, moment++);
      datapath.check();
      if (moment % 5 == 0) {
        datapath.counters();
      }
    }
  }

  static LibbpfDatapath open(Path root, HookKind kind) {
    LibbpfDatapath datapath =
        LibbpfDatapath.open(KernelNode.settings(root, kind), () -> System.nanoTime() * HASTE);
    datapath.countAs(NAMES);
    return datapath;
  }

  static void reach(LibbpfDatapath datapath, int moment) {
    int subject = moment / 2 % 3;
    PersistentMap<PodRef, Endpoint> endpoints = PersistentMap.empty();
    PersistentMap<Integer, VerdictTable> tables = PersistentMap.empty();
    PersistentMap<Address, Integer> peers = PersistentMap.empty();
    DesiredState desired =
        new DesiredState(
            endpoints.with(POD, new Endpoint(subject, Mode.ENFORCE, List.of(OWN))),
            tables.with(subject, table(moment % 7)),
            new AddressBook(
                peers.with(Address.of("10.0.0.2"), PeerClass.FIRST), PersistentMap.empty()),
            PersistentMap.empty());
    datapath.apply(new Planner(datapath.capacities()).plan(datapath.observed(), desired));
  }

  private static VerdictTable table(int variant) {
    Row allowed = Row.of(Decision.allow(rule(variant)));
    Row denied = Row.of(Decision.deny(new DecidedBy.Forgotten()));
    Row second = variant % 2 == 0 ? Row.of(Decision.allow(rule(variant + 10))) : denied;
    return VerdictTable.of(
        Map.of(PeerClass.ANY, denied, PeerClass.FIRST, second),
        Map.of(PeerClass.ANY, allowed, PeerClass.FIRST, second));
  }

  private static DecidedBy rule(int index) {
    PolicyRef policy = new PolicyRef(PolicyRef.Kind.NETWORK_POLICY, "shop", "p");
    return new DecidedBy.Rule(
        Tier.NETWORK_POLICY, new RuleRef(policy, Direction.EGRESS, index, null));
  }
}
