package io.merlon.agent.oracle;

/** The transport protocols policies can name, and one that stands for all others (ICMP). */
public enum Protocol {
  TCP,
  UDP,
  SCTP,
  OTHER
}
