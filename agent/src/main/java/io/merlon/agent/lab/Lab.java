package io.merlon.agent.lab;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyCompiler;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.program.Attachment;
import io.merlon.agent.program.PolicyLoader;
import io.merlon.bpf.Direction;
import io.merlon.datapath.Config;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One node: its pods, and the datapath on their interfaces. Everything goes when it is closed. */
final class Lab implements AutoCloseable {
  private static final int ASSUMED_HZ = 250;

  private final CompiledPolicy policy;
  private final SortedMap<PodRef, LabPod> pods = new TreeMap<>();
  private final SortedMap<PodRef, List<Integer>> ports = new TreeMap<>();
  private final List<Attachment> links = new ArrayList<>();
  private final Datapath datapath;
  private final PolicyLoader loader;

  private Lab(ClusterSnapshot snapshot) {
    this.policy = PolicyCompiler.compile(snapshot, CompileOptions.forCluster());
    for (Pod pod : snapshot.pods()) {
      List<Integer> tcp =
          pod.ports().stream()
              .filter(port -> port.protocol().equals("TCP"))
              .map(Pod.ContainerPort::port)
              .toList();
      ports.put(new PodRef(pod.namespace(), pod.name()), tcp);
    }
    this.datapath = Datapath.load(Datapath.spec());
    this.loader = new PolicyLoader(datapath);
  }

  static Lab build(ClusterSnapshot snapshot) {
    Lab lab = new Lab(snapshot);
    try {
      lab.start();
      return lab;
    } catch (RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  private void start() {
    Shell.run("ip link set lo up");
    Shell.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    long self = ProcessHandle.current().pid();
    policy
        .pods()
        .forEach((name, pod) -> {
          String namespace = "merlon-" + self + "-" + pods.size();
          pods.put(name, LabPod.start(namespace, pod, ports.getOrDefault(name, List.of())));
        });
    pods.values().forEach(LabPod::awaitReady);
  }

  /** Puts the policies in force, from the first packet on. */
  void enforce() {
    Map<PodRef, Integer> interfaces = new HashMap<>();
    pods.forEach((name, pod) -> interfaces.put(name, pod.ifindex()));
    datapath.config().put(0, Config.defaults(ASSUMED_HZ));
    loader.load(policy, interfaces);
    for (int ifindex : interfaces.values()) {
      links.add(Attachment.attach(datapath.program(Hook.FROM_POD), ifindex, Direction.INGRESS));
      links.add(Attachment.attach(datapath.program(Hook.TO_POD), ifindex, Direction.EGRESS));
    }
  }

  CompiledPolicy policy() {
    return policy;
  }

  SortedMap<PodRef, LabPod> pods() {
    return pods;
  }

  List<Integer> ports(PodRef pod) {
    return ports.getOrDefault(pod, List.of());
  }

  Datapath datapath() {
    return datapath;
  }

  PolicyLoader loader() {
    return loader;
  }

  @Override
  public void close() {
    links.forEach(Attachment::close);
    datapath.close();
    pods.values().forEach(LabPod::close);
  }
}
