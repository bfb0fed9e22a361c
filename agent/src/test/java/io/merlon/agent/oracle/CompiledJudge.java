package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Asks compiled tables, each side's own. All the engine is used for is its public look-up. */
final class CompiledJudge implements Judge {
  private final Map<Ip, Address> addresses = new ConcurrentHashMap<>();
  private final OracleServices services;
  private final Facts facts;
  private final Function<Pod, CompiledPolicy> tables;

  /**
   * @param tables of the node a pod is on
   */
  CompiledJudge(ClusterSnapshot cluster, Function<Pod, CompiledPolicy> tables) {
    this.services = new OracleServices(cluster);
    this.facts = new Facts(cluster);
    this.tables = tables;
  }

  @Override
  public Verdicts judge(Question question) {
    Pod source = facts.owner(question.from());
    Pod destination = facts.owner(question.to());
    return new Verdicts(
        source == null || ask(tables.apply(source), question).egress().allows(),
        destination == null || ask(tables.apply(destination), question).ingress().allows());
  }

  private PolicyLookup.Answer ask(CompiledPolicy policy, Question question) {
    return PolicyLookup.verdict(
        policy, side(question.from()), side(question.to()), protocol(question), question.port());
  }

  private Side side(Ip ip) {
    Pod pod = facts.owner(ip);
    return pod == null
        ? Side.of(address(ip))
        : Side.of(new PodRef(pod.namespace(), pod.name()), address(ip));
  }

  /**
   * Where the target is mixed, each backend is judged where the connection arrives. No answer where
   * the source is a backend, as with the oracle: policies written alike may differ there.
   */
  @Override
  public Set<Boolean> judgeService(Question question) {
    if (services.backends(question).contains(question.from())) {
      return Set.of();
    }
    Pod source = facts.owner(question.from());
    if (source == null) {
      return Set.of(true); // NP-3
    }
    CompiledPolicy policy = tables.apply(source);
    if (policy.options().node() == null) {
      // Targets are what a node's kernel holds; over the whole cluster, no node is the own one.
      return services.judge(question, this);
    }
    ServiceTarget target =
        policy
            .services()
            .get(new ServiceKey(address(question.to()), protocol(question), question.port()));
    return switch (target) {
      case null -> Set.of(judge(question).egress());
      // To leave a single backend undecided would cost a look-up more than it must; but what is
      // external can be anybody's address, and must be left undecided.
      case ServiceTarget.Mixed mixed ->
          services.hasOneBackend(question) && !services.isExternal(question.to())
              ? Set.of()
              : services.judge(question, this);
      case ServiceTarget.Uniform uniform when services.isExternal(question.to()) -> Set.of();
      case ServiceTarget.Uniform(int peerClass, int port) -> {
        int subject =
            Objects.requireNonNull(policy.pods().get(new PodRef(source.namespace(), source.name())))
                .subject();
        yield Set.of(
            policy
                .table(subject)
                .decide(peerClass, Direction.EGRESS, protocol(question), port)
                .allows());
      }
    };
  }

  private Address address(Ip ip) {
    return addresses.computeIfAbsent(ip, known -> Address.of(known.toString()));
  }

  private static io.merlon.agent.policy.Protocol protocol(Question question) {
    return switch (question.protocol()) {
      case TCP -> io.merlon.agent.policy.Protocol.TCP;
      case UDP -> io.merlon.agent.policy.Protocol.UDP;
      case SCTP -> io.merlon.agent.policy.Protocol.SCTP;
      case OTHER -> io.merlon.agent.policy.Protocol.OTHER;
    };
  }
}
