package io.merlon.agent.policy;

import java.util.List;

/**
 * One rule: it matches where one of the peers AND one of the ports match. No peer or no port at all
 * means that it matches nothing; "unrestricted" is written as {@link PeerSelector.Anyone} and
 * {@link PortMatch.Everything}.
 */
public record PolicyRule(
    RuleRef ref, Action action, List<PeerSelector> peers, List<PortMatch> ports) {
  public PolicyRule {
    peers = List.copyOf(peers);
    ports = List.copyOf(ports);
  }

  public boolean matchesAnyone() {
    return peers.contains(new PeerSelector.Anyone());
  }
}
