package io.merlon.agent.watch;

import java.net.InetAddress;

/** Says what is an address, without ever asking a name server. */
final class Addresses {
  private Addresses() {}

  static boolean isAddress(String text) {
    try {
      return InetAddress.ofLiteral(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
