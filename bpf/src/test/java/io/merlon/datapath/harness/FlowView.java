package io.merlon.datapath.harness;

/**
 * What can be seen of a flow entry from outside.
 *
 * @param countedTo what its packets are counted under
 * @param far whether what would deny it is its marked sender's egress
 * @param egress packets and bytes from the pod
 * @param ingress packets and bytes towards the pod
 */
public record FlowView(
    State state,
    Direction opener,
    int epoch,
    CounterKey countedTo,
    boolean wouldDeny,
    boolean far,
    boolean deferred,
    boolean revoked,
    int mark,
    Count egress,
    Count ingress) {

  /** Where a flow is in its life. */
  public enum State {
    OPENING,
    OPEN,
    CLOSING,
    CLOSED,
    ONE_WAY,
    BOTH_WAYS,
    ECHO,
    OTHER
  }
}
