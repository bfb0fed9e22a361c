package io.merlon.agent.flows;

import io.merlon.agent.identity.Address;

/**
 * One end of a flow. What does not apply, or is not known, is "".
 *
 * @param kind what is at the address: pod, node, service, cidr (it is in a range policies name),
 *     outside, or unknown: it has changed hands since the flow began
 * @param name the pod's, node's or service's name, or the range
 */
public record FlowEnd(
    Address address,
    int port,
    String kind,
    String namespace,
    String name,
    String workload,
    String serviceAccount,
    String iamRole,
    String spiffeId,
    String node) {

  static FlowEnd unnamed(Address address, int port, String kind, String name) {
    return new FlowEnd(address, port, kind, "", name, "", "", "", "", "");
  }

  /** Whether a user means this end: namespace, namespace/pod, namespace/workload or an address. */
  boolean is(String wanted) {
    return wanted.equals(namespace)
        || wanted.equals(namespace + "/" + name)
        || wanted.equals(namespace + "/" + workload)
        || (namespace.isEmpty() && wanted.equals(name))
        || wanted.equals(address.toString());
  }
}
