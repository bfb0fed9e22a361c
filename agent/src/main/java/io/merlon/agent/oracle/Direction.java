package io.merlon.agent.oracle;

/** The side of a connection a rule speaks of, with the name the API gives it. */
public enum Direction {
  INGRESS("Ingress"),
  EGRESS("Egress");

  final String policyType;

  Direction(String policyType) {
    this.policyType = policyType;
  }
}
