package io.merlon.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** On the cluster KUBECONFIG leads to; no build runs it by itself, as {@link OnCluster}. */
class PaymentsOnCluster extends ProductOnCluster {
  PaymentsOnCluster() {
    Optional<Kubectl> there = Kubectl.here();
    if (there.isEmpty()) {
      System.out.println(
          "PaymentsOnCluster was not run: KUBECONFIG leads to no cluster with nodes");
    }
    assumeTrue(there.isPresent());
    super(there.orElseThrow(), Release.on(there.orElseThrow()));
  }
}
