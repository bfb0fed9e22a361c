package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The specification read aloud: who may open a connection to whom. One method per paragraph, nested
 * loops over the objects as the API gives them, nothing shared with the engine it checks.
 */
public final class Oracle implements Judge {
  private final Facts facts;
  private final OraclePolicies policies;
  private final OracleTiers tiers;
  private final OracleServices services;

  public Oracle(ClusterSnapshot cluster) {
    this(new Facts(cluster), cluster);
  }

  private Oracle(Facts facts, ClusterSnapshot cluster) {
    this.facts = facts;
    policies = new OraclePolicies(cluster, facts);
    tiers = new OracleTiers(cluster, facts);
    services = new OracleServices(cluster);
  }

  /** The same facts, seen by somebody who reads only some of the objects: it is faster. */
  public Oracle reading(ClusterSnapshot some) {
    return new Oracle(facts, some);
  }

  /** The running pod, not on the host network, that has this address. */
  public @Nullable Pod owner(Ip ip) {
    return facts.owner(ip);
  }

  /** What selectors see of a pod. */
  public Map<String, String> labels(Pod pod) {
    return facts.podLabels(pod);
  }

  /** What one end of a connection says to it: the source by its egress, the destination else. */
  public boolean allows(Direction direction, Question question) {
    return direction == Direction.EGRESS
        ? allows(direction, question.from(), question.to(), question)
        : allows(direction, question.to(), question.from(), question);
  }

  @Override
  public Verdicts judge(Question question) {
    return new Verdicts(
        allows(Direction.EGRESS, question.from(), question.to(), question),
        allows(Direction.INGRESS, question.to(), question.from(), question));
  }

  /**
   * A pod that reaches itself by way of a service is left open upstream (kubernetes/kubernetes
   * issue 95879), and is here: where the source is itself a backend there is no answer.
   */
  @Override
  public Set<Boolean> judgeService(Question question) {
    return services.backends(question).contains(question.from())
        ? Set.of()
        : services.judge(question, this);
  }

  /** One side's answer. {@code self} is the end whose side this is. */
  private boolean allows(Direction direction, Ip self, Ip peer, Question question) {
    Pod subject = facts.owner(self);
    if (subject == null) {
      return true; // NP-3, NP-18: a side that is not a pod always allows
    }
    if (subject.equals(facts.owner(peer)) || peer.loopback()) {
      return true; // NP-19, Tiers 8
    }
    List<Ip> ownNode = facts.nodeAddresses(subject.node());
    if (ownNode.contains(peer)) {
      return true; // NP-17
    }
    return byTiers(
        new Traffic(
            direction, subject, peer, facts.owner(peer), question.protocol(), question.port()));
  }

  private boolean byTiers(Traffic traffic) {
    OracleTiers.Outcome admin = tiers.decide("Admin", traffic);
    if (admin == OracleTiers.Outcome.ACCEPT || admin == OracleTiers.Outcome.DENY) {
      return admin == OracleTiers.Outcome.ACCEPT; // Tiers 1
    }
    if (policies.isolate(traffic)) {
      return policies.allow(traffic); // Tiers 2
    }
    return tiers.decide("Baseline", traffic) != OracleTiers.Outcome.DENY; // Tiers 3, 4
  }

  /** The oracle as an engine like any other. */
  static final PolicyEngine ENGINE =
      new PolicyEngine() {
        @Override
        public Judge over(ClusterSnapshot cluster) {
          return new Oracle(cluster);
        }

        @Override
        public String name() {
          return "oracle";
        }
      };
}
