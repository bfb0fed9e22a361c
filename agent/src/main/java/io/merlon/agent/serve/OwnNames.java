package io.merlon.agent.serve;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * By what names a server of this host alone may be asked. A page from elsewhere, in a browser on
 * this host, gets here if its own name is made to lead to 127.0.0.1 (DNS rebinding); it cannot but
 * say that name.
 */
final class OwnNames {
  private OwnNames() {}

  /** Whether a request's Host is an address or localhost; programs may leave it out. */
  static boolean has(@Nullable String host) {
    if (host == null || host.startsWith("[")) {
      return true;
    }
    int port = host.indexOf(':');
    String name = port < 0 ? host : host.substring(0, port);
    return name.equalsIgnoreCase("localhost") || NetUtil.isValidIpV4Address(name);
  }
}
