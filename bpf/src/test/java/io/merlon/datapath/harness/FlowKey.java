package io.merlon.datapath.harness;

/** A connection as one interface sees it from the pod's side: the same for both directions. */
public record FlowKey(
    int line, Address pod, Address peer, int podPort, int peerPort, int protocol) {

  /** With its ends exchanged. */
  public FlowKey turned() {
    return new FlowKey(
        line,
        /* pod= */ peer,
        /* peer= */ pod,
        /* podPort= */ peerPort,
        /* peerPort= */ podPort,
        protocol);
  }
}
