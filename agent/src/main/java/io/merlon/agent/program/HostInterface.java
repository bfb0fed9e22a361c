package io.merlon.agent.program;

/** An interface of the node, by both of the kernel's names for it. */
public record HostInterface(int ifindex, String name) {
  @Override
  public String toString() {
    return name + " (" + ifindex + ")";
  }
}
