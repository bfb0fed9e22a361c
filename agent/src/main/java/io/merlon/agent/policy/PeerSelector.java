package io.merlon.agent.policy;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import java.util.List;

/** What may be at the other end of a connection. */
public sealed interface PeerSelector {
  /** Every address there is (semantics NP-7). */
  record Anyone() implements PeerSelector {}

  /** The addresses of some pods. */
  record Pods(PodSelection selection) implements PeerSelector {}

  /** The addresses of the nodes with matching labels. */
  record Nodes(Selector selector) implements PeerSelector {}

  /**
   * A block of addresses without some of its parts, whoever has these addresses (semantics NP-14).
   */
  record Block(Cidr cidr, List<Cidr> except) implements PeerSelector {
    public Block {
      except = except.stream().sorted().distinct().toList();
    }

    public boolean contains(Address address) {
      return cidr.contains(address) && except.stream().noneMatch(e -> e.contains(address));
    }

    /** Whether all of {@code part} belongs to this block. */
    public boolean covers(Cidr part) {
      return cidr.contains(part) && except.stream().noneMatch(e -> e.contains(part));
    }
  }
}
