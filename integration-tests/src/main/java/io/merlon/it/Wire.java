package io.merlon.it;

import java.util.List;

/** A link between two namespaces. It ends with either of them. */
public final class Wire {
  /**
   * One end of it.
   *
   * @param mtu of packets sent there; a veth drops what is longer than its own end's
   * @param addresses with their prefix lengths
   */
  public record End(NetworkNamespace namespace, String device, int mtu, List<String> addresses) {
    public End {
      addresses = List.copyOf(addresses);
    }

    private void configure() {
      namespace.configure("link set %s mtu %d up".formatted(device, mtu));
      for (String address : addresses) {
        // Without waiting for anybody to object, or a bind(2) right after may be too early.
        String flag = address.indexOf(':') >= 0 ? "nodad" : "";
        namespace.configure("address add %s dev %s %s".formatted(address, device, flag));
      }
    }
  }

  private Wire() {}

  /** Lays it. */
  public static void connect(End one, End other) {
    one.namespace.configure(
        "link add %s type veth peer name %s netns %s"
            .formatted(one.device, other.device, other.namespace.name()));
    one.configure();
    other.configure();
  }
}
