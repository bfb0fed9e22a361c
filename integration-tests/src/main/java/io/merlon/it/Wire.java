package io.merlon.it;

import java.util.List;

/** A link between two namespaces. It ends with either of them. */
public final class Wire {
  /**
   * One end of it.
   *
   * @param addresses with their prefix lengths
   */
  public record End(NetworkNamespace namespace, String device, List<String> addresses) {
    public End {
      addresses = List.copyOf(addresses);
    }

    private void configure(int mtu) {
      namespace.configure("link set %s mtu %d up".formatted(device, mtu));
      for (String address : addresses) {
        namespace.configure("address add %s dev %s".formatted(address, device));
      }
    }
  }

  private Wire() {}

  /** Lays it. */
  public static void connect(End one, End other, int mtu) {
    one.namespace.configure(
        "link add %s type veth peer name %s netns %s"
            .formatted(one.device, other.device, other.namespace.name()));
    one.configure(mtu);
    other.configure(mtu);
  }
}
