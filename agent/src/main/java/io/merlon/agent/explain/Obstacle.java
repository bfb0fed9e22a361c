package io.merlon.agent.explain;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PortMatch;
import io.merlon.agent.policy.Selector;
import java.util.List;

/** What keeps a rule from matching a connection. */
public sealed interface Obstacle {
  /** From here on no small edit makes a rule match. */
  int FAR = 20;

  /** How far away the connection is from matching: what an edit of labels mends is nearest. */
  int distance();

  /** The labels of something do not meet a requirement. */
  record Label(Labelled of, String name, Selector.Requirement requirement) implements Obstacle {
    @Override
    public int distance() {
      return of == Labelled.SUBJECT ? 6 : 2;
    }
  }

  /** Whose labels. */
  enum Labelled {
    /** The pod the policy would have to apply to. */
    SUBJECT,
    PEER,
    PEER_NAMESPACE,
    PEER_NODE
  }

  /** The peer is in another namespace than the only one the rule speaks of. */
  record OtherNamespace(String wanted) implements Obstacle {
    @Override
    public int distance() {
      return 4;
    }
  }

  /** The rule speaks of other ports. */
  record OtherPort(List<PortMatch> wanted) implements Obstacle {
    public OtherPort {
      wanted = List.copyOf(wanted);
    }

    @Override
    public int distance() {
      return 3;
    }
  }

  /** The peer's address is outside of the block, or in what is taken out of it. */
  record OtherAddress(Address address, PeerSelector.Block wanted) implements Obstacle {
    @Override
    public int distance() {
      return 10;
    }
  }

  /** The rule selects pods or nodes, and the peer is none. */
  record NotSelectable() implements Obstacle {
    @Override
    public int distance() {
      return FAR;
    }
  }

  /** The rule has nobody it could match. */
  record Nobody() implements Obstacle {
    @Override
    public int distance() {
      return FAR;
    }
  }
}
