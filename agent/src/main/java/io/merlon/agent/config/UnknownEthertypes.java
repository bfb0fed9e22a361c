package io.merlon.agent.config;

/** What happens to a pod's frames that are neither IPv4, IPv6 nor ARP. */
public enum UnknownEthertypes {
  DENY,
  ALLOW
}
