package io.merlon.it;

import java.net.InetAddress;

/**
 * A pod of a {@link PodNetwork}.
 *
 * @param device its interface's host side, in the node's namespace
 * @param ifindex of that
 */
public record Pod(
    NetworkNamespace namespace, String device, int ifindex, InetAddress v4, InetAddress v6)
    implements AutoCloseable {
  public InetAddress address(boolean six) {
    return six ? v6 : v4;
  }

  @Override
  public void close() {
    namespace.close();
  }
}
