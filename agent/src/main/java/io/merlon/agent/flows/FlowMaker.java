package io.merlon.agent.flows;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.observe.Series;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Event;
import io.merlon.datapath.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Makes a record of what was told of a flow. */
final class FlowMaker {
  private final IntFunction<SlotMeaning> meanings;
  private final String prefix;
  private long made;

  /**
   * Begins to number flows.
   *
   * @param meanings what a slot of counters counts
   * @param prefix of the flows' ids, unlike any other process's
   */
  FlowMaker(IntFunction<SlotMeaning> meanings, String prefix) {
    this.meanings = meanings;
    this.prefix = prefix;
  }

  Flow make(Group group, FlowNames.Ends ends, FlowPipeline.Known known, Instant now) {
    CompiledPolicy policy = known.policy();
    Event event = group.first;
    FlowEnd pod = ends.pod(event, policy);
    FlowEnd peer = ends.peer(event, policy);
    SlotMeaning meaning = meaning(event, policy);
    return new Flow(
        prefix + "-" + Long.toString(++made, Character.MAX_RADIX),
        now,
        mode(group, meaning).name().toLowerCase(Locale.ROOT),
        event.egress() ? "egress" : "ingress",
        protocol(event.protocol()),
        event.egress() ? pod : peer,
        event.egress() ? peer : pod,
        verdict(event, pod, meaning),
        isolating(meaning),
        glass(pod, known.breaks()),
        new Flow.Amount(group.packets, group.bytes, group.suppressed, group.replies),
        Duration.ofNanos(group.last - group.began),
        group.ending);
  }

  /** An old reason for an open flow to end does not say what decides now: the slot does. */
  private SlotMeaning meaning(Event event, CompiledPolicy policy) {
    SlotMeaning meaning =
        event.reason() == 0
            ? meanings.apply(event.slot())
            : DropReason.of(event.reason())
                .map(reason -> meaning(event, reason))
                .orElseGet(SlotMeaning.Unknown::new);
    if (meaning instanceof SlotMeaning.Decided(var decision, var mode)
        && decision.by() instanceof DecidedBy.Unknown) {
      Decision known = policy.decisions().get(decision.cookie());
      return known == null ? meaning : new SlotMeaning.Decided(known, mode);
    }
    return meaning;
  }

  /** What a table decided, the slot says. */
  private SlotMeaning meaning(Event event, DropReason reason) {
    return switch (reason) {
      case POLICY, REVOKED, METADATA_GUARD -> meanings.apply(event.slot());
      case UNKNOWN_ENDPOINT,
          ETHERTYPE,
          TRUNCATED,
          BAD_HEADER,
          EXTENSION_CHAIN,
          ROUTING_HEADER,
          FRAGMENT_UNKNOWN,
          FRAGMENT_OVERLAP,
          SPOOFED,
          NO_TABLE ->
          new SlotMeaning.Refused(reason, event.mode(), event.egress());
    };
  }

  /** Of a flow that has ended only what it counted to says the mode. */
  private static Mode mode(Group group, SlotMeaning meaning) {
    return group.ending != Ending.NONE && meaning instanceof SlotMeaning.Decided(_, var mode)
        ? mode
        : group.first.mode();
  }

  private static String glass(FlowEnd pod, Breaks breaks) {
    return pod.kind().equals("pod")
        ? breaks
            .at(new PodRef(pod.namespace(), pod.name()))
            .map(broken -> broken.scope().toString())
            .orElse("")
        : "";
  }

  private static Series verdict(Event event, FlowEnd pod, SlotMeaning meaning) {
    WorkloadRef workload = new WorkloadRef(pod.namespace(), "", pod.workload());
    boolean allowed = event.kind() == Event.Kind.ALLOWED;
    Series series =
        Series.of(workload, meaning)
            .orElseGet(() ->
                new Series(workload, "", Series.Outcome.of(allowed, event.mode()), "", "", ""));
    return new Series(
        workload,
        event.egress() ? "egress" : "ingress",
        Series.Outcome.of(allowed, event.mode()),
        series.reason(),
        series.policy(),
        series.rule());
  }

  private static List<String> isolating(SlotMeaning meaning) {
    return meaning instanceof SlotMeaning.Decided(var decision, _)
            && decision.by() instanceof DecidedBy.DefaultDeny(_, var isolating)
        ? isolating.stream().map(PolicyRef::toString).toList()
        : List.of();
  }

  private static String protocol(int number) {
    return switch (number) {
      case 1 -> "icmp";
      case 6 -> "tcp";
      case 17 -> "udp";
      case 58 -> "icmpv6";
      case 132 -> "sctp";
      default -> Integer.toString(number);
    };
  }

  /** How a denied flow counts by its peer. */
  static PeerDenials.Key key(Flow flow) {
    FlowEnd peer = flow.direction().equals("egress") ? flow.destination() : flow.source();
    return new PeerDenials.Key(
        flow.verdict().workload(),
        flow.direction(),
        flow.verdict().outcome(),
        peer.kind(),
        peer.namespace(),
        peer.workload().isEmpty() ? peer.name() : peer.workload());
  }
}
