package io.merlon.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** The cluster KUBECONFIG leads to. */
class ClusterTest extends ProductOnCluster {
  ClusterTest() {
    Optional<Kubectl> there = Kubectl.here();
    if (there.isEmpty()) {
      System.out.println("ClusterTest was not run: KUBECONFIG leads to no cluster with nodes");
    }
    assumeTrue(there.isPresent());
    super(there.orElseThrow(), Release.on(there.orElseThrow()));
  }
}
