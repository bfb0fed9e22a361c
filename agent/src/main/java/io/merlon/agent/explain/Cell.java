package io.merlon.agent.explain;

import io.merlon.agent.compile.PolicyLookup.Answer;

/** Whether one end may open a connection to a port of another, by one family of addresses. */
public record Cell(End from, End to, boolean v6, PortSpec port, Answer answer) {
  public boolean allowed() {
    return answer.allowed();
  }

  public String family() {
    return v6 ? "IPv6" : "IPv4";
  }
}
