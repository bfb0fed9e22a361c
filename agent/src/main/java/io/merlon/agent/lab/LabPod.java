package io.merlon.agent.lab;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.bpf.Interfaces;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod as a network namespace and a process in it, wired as the VPC CNI wires pods: a veth pair
 * with host routes and a fixed link-local gateway, no bridge. The host side lies in the current
 * namespace.
 */
final class LabPod implements AutoCloseable {
  private static final String GATEWAY4 = "169.254.1.1";
  private static final String GATEWAY6 = "fe80::1";

  private final String namespace;
  private final String hostInterface;
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private LabPod(String namespace, String hostInterface, Process process) {
    this.namespace = namespace;
    this.hostInterface = hostInterface;
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  static LabPod start(String namespace, LocalPod pod, List<Integer> ports) {
    String host = VpcCniNaming.EKS.hostInterface(pod.pod());
    Shell.run("ip netns add " + namespace);
    Process process;
    try {
      wire(namespace, host, pod.addresses());
      List<String> arguments = new ArrayList<>(List.of("lab-pod"));
      ports.forEach(port -> arguments.add(port.toString()));
      process = Launcher.in(namespace, arguments).start();
    } catch (IOException e) {
      Shell.run("ip netns del " + namespace);
      throw new LabException("pod " + pod.pod() + ": " + e.getMessage());
    } catch (RuntimeException e) {
      Shell.run("ip netns del " + namespace);
      throw e;
    }
    return new LabPod(namespace, host, process);
  }

  private static void wire(String namespace, String host, List<Address> addresses) {
    Shell.run("ip link add " + host + " type veth peer name eth0 netns " + namespace);
    Shell.run("sysctl -qw net.ipv6.conf." + host + ".accept_dad=0");
    Shell.run("ip link set " + host + " up");
    Shell.run("ip addr add " + GATEWAY6 + "/64 dev " + host + " nodad");
    String mac = Shell.run("cat /sys/class/net/" + host + "/address");
    String in = "ip -n " + namespace + " ";
    Shell.run(in + "link set lo up");
    Shell.run("ip netns exec " + namespace + " sysctl -qw net.ipv6.conf.eth0.accept_dad=0");
    Shell.run(in + "link set eth0 up");
    for (Address address : addresses) {
      String family = address.isV6() ? "-6 " : "-4 ";
      String gateway = address.isV6() ? GATEWAY6 : GATEWAY4;
      Shell.run(in + family + "addr add " + address + "/" + address.bits() + " dev eth0");
      Shell.run(in + family + "route replace " + gateway + " dev eth0");
      Shell.run(in + family + "route replace default via " + gateway + " dev eth0");
      Shell.run(in + "neigh replace " + gateway + " lladdr " + mac + " dev eth0 nud permanent");
      Shell.run("ip " + family + "route add " + address + "/" + address.bits() + " dev " + host);
    }
  }

  void awaitReady() {
    String said = readLine();
    if (!said.equals("ready")) {
      throw new LabException(namespace + ": said " + said + " instead of ready");
    }
  }

  int ifindex() {
    return Interfaces.index(hostInterface);
  }

  String hostInterface() {
    return hostInterface;
  }

  Reached connect(Address to, int port, int timeoutMillis) {
    try {
      in.write(to + " " + port + " " + timeoutMillis + "\n");
      in.flush();
    } catch (IOException e) {
      throw new LabException(namespace + ": " + e.getMessage());
    }
    return Reached.valueOf(readLine());
  }

  private String readLine() {
    try {
      String line = out.readLine();
      if (line == null) {
        throw new LabException(namespace + ": ended");
      }
      return line;
    } catch (IOException e) {
      throw new LabException(namespace + ": " + e.getMessage());
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    Shell.run("ip netns del " + namespace);
  }
}
