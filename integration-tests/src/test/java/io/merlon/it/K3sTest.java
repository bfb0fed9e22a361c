package io.merlon.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** K3s in a container, for machines whose engine reaches registries. */
class K3sTest extends ProductOnCluster {
  private static Optional<K3s> started = Optional.empty();

  @BeforeAll
  static void start() {
    Optional<String> missing = K3s.missing();
    missing.ifPresent(why -> System.out.println("K3sTest was not run: " + why));
    assumeTrue(missing.isEmpty());
    started = Optional.of(K3s.start());
  }

  @AfterAll
  static void stop() {
    started.ifPresent(K3s::close);
  }

  K3sTest() {
    Kubectl cluster = started.orElseThrow().kubectl();
    super(cluster, new Release(cluster, K3s.INTERFACES));
  }
}
