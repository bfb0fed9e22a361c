package io.merlon.agent.oracle;

/**
 * One cell of the comparison: may {@code from} open a connection to {@code to}? An end is an
 * address; it is a pod where a pod owns the address.
 *
 * @param port the destination port, 0 where the protocol has none
 */
public record Question(Ip from, Ip to, Protocol protocol, int port) {
  @Override
  public String toString() {
    return from + " -> " + to + " " + protocol + (protocol == Protocol.OTHER ? "" : "/" + port);
  }
}
