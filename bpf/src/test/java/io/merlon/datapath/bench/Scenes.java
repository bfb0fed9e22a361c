package io.merlon.datapath.bench;

import io.merlon.bpf.BpfObjectSpec;
import io.merlon.datapath.Datapath;
import java.util.ArrayList;
import java.util.List;

/** Every datapath that the cases need, loaded side by side so that rounds can alternate. */
final class Scenes implements AutoCloseable {
  static final int MANY_FLOWS = 1 << 18;
  private static final Peers ONE_THOUSAND = Peers.addresses(1_000);

  private final List<Scene> all = new ArrayList<>();
  final Scene addresses100 = add(Scene.of(Peers.addresses(100)));
  final Scene addresses1k = add(Scene.of(ONE_THOUSAND));
  final Scene addresses10k = add(Scene.of(Peers.addresses(10_000)));
  final Scene addresses100k = add(Scene.of(Peers.addresses(100_000)));
  final Scene cidrs100 = add(Scene.of(Peers.cidrs(100)));
  final Scene cidrs10k = add(Scene.of(Peers.cidrs(10_000)));
  final Scene cidrs100k = add(Scene.of(Peers.cidrs(100_000)));

  /** Its events are read. */
  final Scene heard = add(Scene.of(ONE_THOUSAND).heard());

  /** Its event ring stays full. */
  final Scene unheard = add(Scene.of(ONE_THOUSAND).unheard());

  /** Its flow table stays full. */
  final Scene full = add(Scene.of(ONE_THOUSAND));

  /** Its flow table holds twice {@link #MANY_FLOWS}. */
  final Scene manyFlows = add(Scene.of(ONE_THOUSAND, largeFlowTables()));

  private static BpfObjectSpec largeFlowTables() {
    return Datapath.spec()
        .mapEntries("flows4", 2 * MANY_FLOWS)
        .mapEntries("flows6", 2 * MANY_FLOWS);
  }

  private Scene add(Scene scene) {
    all.add(scene);
    return scene;
  }

  @Override
  public void close() {
    all.forEach(Scene::close);
  }
}
