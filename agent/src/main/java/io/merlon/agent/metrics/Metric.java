package io.merlon.agent.metrics;

import java.util.List;

/** Every metric the agent has; docs/metrics.md is made from here. */
public enum Metric {
  PACKETS(
      Type.COUNTER,
      "merlon_packets",
      "Packets judged, exactly, taken from the kernel's counters; it goes on where it was when the"
          + " agent restarts.",
      Labels.SERIES),
  BYTES(Type.COUNTER, "merlon_bytes", "Their bytes, as the interface saw them.", Labels.SERIES),
  UNCOUNTED(
      Type.GAUGE,
      "merlon_uncounted_subjects",
      "Groups of pods that are enforced but not counted, for want of counters: raise"
          + " --map-counters."),
  SERIES_OVERFLOW(
      Type.COUNTER,
      "merlon_series_overflow",
      "Series of packets that are counted under the reason \"other\", for want of room."),
  DENIED_BY_PEER(
      Type.COUNTER,
      "merlon_denied_packets_by_peer",
      "Denied packets by who was at the other end, from events: lost ones are missing. Those with"
          + " the most, as many as --metrics-peers says, have names; all others are added up as"
          + " peer_kind \"other\".",
      "namespace",
      "workload",
      "direction",
      "verdict",
      "peer_kind",
      "peer_namespace",
      "peer"),
  PEER_OVERFLOW(
      Type.COUNTER,
      "merlon_peer_overflow",
      "Packets denied that were added up as peer_kind \"other\"."),
  PEER_REPLACED(
      Type.COUNTER,
      "merlon_peer_replaced",
      "Names in merlon_denied_packets_by_peer_total that were given to a peer with more denials."),
  KERNEL_READ(
      Type.GAUGE,
      "merlon_kernel_read",
      "Whether the loop said in time what the kernel counts. If it is 0, whatever the kernel counts"
          + " is missing from this page, and comes back as it is then: no counter begins again."),
  EVENTS(Type.COUNTER, "merlon_events", "Events read from the kernel."),
  EVENTS_LOST(
      Type.COUNTER,
      "merlon_events_lost",
      "Events lost, by where: in the kernel, since its buffer was full; here, since there were too"
          + " many to tell each or one was not understood; in a sink that did not keep up; for a"
          + " follower that did not read in time, each flow for each of them.",
      "where"),
  FLOWS_SAMPLED(
      Type.COUNTER,
      "merlon_flows_sampled_out",
      "Allowed flows not told because of --flows-sample."),
  DATAPATH(
      Type.COUNTER,
      "merlon_datapath",
      "What the programs count besides verdicts: denials not told one by one, flows and fragments"
          + " there was no room for, connections picked up midway, packets of pods not known yet.",
      "what"),
  LATENCY(
      Type.HISTOGRAM,
      "merlon_enforce_latency_seconds",
      "From an event of the cluster being told to the kernel enforcing it."),
  MAP_ENTRIES(
      Type.GAUGE,
      "merlon_map_entries",
      "What the kernel's maps hold. Of flows4, flows6, fragments4 and fragments6 those that live, as"
          + " of the last look (--flow-ends): the kernel keeps what is over until its room is"
          + " needed. They are absent until something was told of.",
      "map"),
  MAP_CAPACITY(Type.GAUGE, "merlon_map_capacity", "What they can hold.", "map"),
  MAP_PREDICTED(
      Type.GAUGE,
      "merlon_map_predicted",
      "What they will hold when all that was told is enforced; with merlon_map_capacity it says"
          + " ahead that a change will be refused.",
      "map"),
  MAP_NEEDED(
      Type.GAUGE,
      "merlon_map_needed",
      "What a map would have to hold at the worst moment of the change that was refused because it"
          + " does not fit; absent when nothing is refused.",
      "map"),
  ENFORCING(
      Type.GAUGE,
      "merlon_enforcing",
      "Whether everything told has been brought to the kernel once."),
  LOCAL_PODS(Type.GAUGE, "merlon_local_pods", "Pods of this node."),
  INTERFACES(Type.GAUGE, "merlon_interfaces", "Interfaces with programs of ours."),
  HELD_INTERFACES(
      Type.GAUGE,
      "merlon_held_interfaces",
      "Names of interfaces from and to which nothing is forwarded, since pods will have them whose"
          + " policies are in the kernel, and programs are not there yet. A pod has several until"
          + " the cluster tells its addresses."),
  HELD_DROPPED(
      Type.COUNTER,
      "merlon_held_dropped_packets",
      "Packets dropped for it, by the direction seen from the pod. It goes on where it was when the"
          + " agent restarts while something is held, else at zero.",
      "direction"),
  POLICIES(Type.GAUGE, "merlon_policies", "Policies told."),
  PROBLEMS(
      Type.GAUGE,
      "merlon_problems",
      "Pieces of objects that mean nothing, and objects that cannot be read at all."),
  BROKEN_GLASS(
      Type.GAUGE,
      "merlon_broken_glass",
      "Namespaces, pods or nodes whose denials are reported and not carried out, for a time."),
  TROUBLE(Type.GAUGE, "merlon_trouble", "Whether the kernel does not hold what was told last."),
  DAMAGES(
      Type.GAUGE,
      "merlon_damages",
      "Things of Merlon's in the kernel that somebody else changed and that stay so."),
  OTHER_ENFORCER(
      Type.GAUGE,
      "merlon_other_enforcer_programs",
      "Programs that the VPC CNI's own network policy agent has pinned: both enforce then."),
  CLUSTER_EVENTS(Type.COUNTER, "merlon_cluster_events", "Changes of the cluster."),
  PLANS(Type.COUNTER, "merlon_plans", "Plans applied to the kernel."),
  PLAN_STEPS(Type.COUNTER, "merlon_plan_steps", "Steps of these plans."),
  APPLY_FAILURES(
      Type.COUNTER,
      "merlon_apply_failures",
      "Plans that could not be applied: the kernel failed (they are tried again), or refused"
          + " beforehand since they do not fit.",
      "reason"),
  ATTACHES(Type.COUNTER, "merlon_attaches", "Interfaces programs were attached to."),
  ATTACH_FAILURES(
      Type.COUNTER,
      "merlon_attach_failures",
      "Tries to attach to an interface, or to let go of one, that failed."),
  REPAIRS(Type.COUNTER, "merlon_repairs", "Changes by others that were undone.", "kind"),
  REPAIR_FAILURES(
      Type.COUNTER,
      "merlon_repair_failures",
      "Changes by others that could not be undone, each counted when it was found."),
  VERIFY_RUNS(Type.COUNTER, "merlon_verify_runs", "How often the kernel's maps were read back."),
  VERIFY_DIFFERENCES(
      Type.GAUGE,
      "merlon_verify_differences",
      "What was not as it should be in the kernel's maps when it was read back last: against"
          + " \"agent\", entries other than the agent takes them to be; against \"policies\","
          + " verdicts, modes and addresses other than a second reading of the cluster's objects"
          + " says.",
      "against"),
  VERIFY_VERDICTS(
      Type.COUNTER,
      "merlon_verify_verdicts",
      "Verdicts of the kernel's maps that were compared with what policies say."),
  VERIFY_AGE(
      Type.GAUGE,
      "merlon_verify_age_seconds",
      "Time since they were read back last, or since the start."),
  VERIFY_PASS_AGE(
      Type.GAUGE,
      "merlon_verify_pass_age_seconds",
      "Time since every local pod had been compared with its policies, or since the start: of a"
          + " large cluster each reading back compares a part."),
  VERIFY_BUSY(
      Type.COUNTER, "merlon_verify_busy_seconds", "Processor time that went into all of that."),
  STALENESS(
      Type.GAUGE,
      "merlon_cluster_staleness_seconds",
      "Time since the last contact about the kind of object that is worst off."),
  LOOP_IDLE(Type.GAUGE, "merlon_loop_idle_seconds", "Time since the agent's loop last came round."),
  PROCESS_RSS(Type.GAUGE, "process_resident_memory_bytes", "Memory of the process that is in RAM."),
  PROCESS_VIRTUAL(Type.GAUGE, "process_virtual_memory_bytes", "Its address space."),
  PROCESS_CPU(Type.COUNTER, "process_cpu_seconds", "Processor time of the process."),
  PROCESS_FDS(Type.GAUGE, "process_open_fds", "Its open file descriptors."),
  PROCESS_MAX_FDS(Type.GAUGE, "process_max_fds", "How many it may have."),
  BUILD(Type.GAUGE, "merlon_build", "One, with the agent's version.", "version");

  private final Type type;
  private final String base;
  private final String help;
  private final String labels;

  /** As Prometheus knows them. */
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /** Labels of several metrics. */
  private static final class Labels {
    static final String[] SERIES = {
      "namespace", "kind", "workload", "direction", "verdict", "reason", "policy", "rule"
    };
  }

  Metric(Type type, String base, String help, String... labels) {
    this.type = type;
    this.base = base;
    this.help = help;
    this.labels = String.join(",", labels);
  }

  Type type() {
    return type;
  }

  /** Without the ending that says what type it is. */
  String base() {
    return base;
  }

  /** As it is asked for. */
  public String queried() {
    return type == Type.COUNTER ? base + "_total" : base;
  }

  String help() {
    return help;
  }

  List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }
}
