package io.merlon.agent.interfaces;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of the node.
 *
 * @param kind such as {@code veth} or {@code vlan}; empty for hardware and loopback
 * @param mac its own address, such as {@code 0a:58:0a:00:00:01}; empty if it has none
 * @param peer the other end of a veth pair, null for whatever has none
 */
public record Link(
    int ifindex, String name, String kind, String mac, boolean up, @Nullable Peer peer) {
  private static final Set<String> PAIRED = Set.of("veth", "netkit");

  /**
   * Where the other end is.
   *
   * @param namespace the kernel's number for that end's network namespace, -1 if it is this one
   */
  public record Peer(int ifindex, int namespace) {}

  /**
   * Whether a pod can be behind it. The way of a branch network interface out of the node, {@code
   * vlan.eth.1}, is named like the interfaces of the pods that have one, and is none.
   */
  public boolean isPaired() {
    return PAIRED.contains(kind);
  }
}
