package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.OwnedMap;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Carries open flows from one generation's maps to another's. They arrive with an epoch that is
 * over: each is judged by the new tables on its next packet, as after any change, and gets its
 * subject and slot there.
 *
 * <p>Flows that carry a mark stay behind: it names a subject by a number of the old generation. So
 * does what this version cannot read; TCP connections are then picked up from their middle.
 */
final class FlowMigration {
  private final Datapath to;
  private final int epoch;

  /** Flows arrive with {@code epoch}, which must not be the present one there. */
  FlowMigration(Datapath to, int epoch) {
    this.to = to;
    this.epoch = epoch;
  }

  /** Carries over what is not there yet; says how many. */
  int from(Generation generation) {
    return copy(generation.map("flows4"), FlowKey.V4, to.flows(false))
        + copy(generation.map("flows6"), FlowKey.V6, to.flows(true));
  }

  private int copy(Path pin, Codec<FlowKey> keys, BpfMap<FlowKey, Flow> target) {
    if (!Files.exists(pin)) {
      return 0;
    }
    MapInfo info = Pins.mapInfo(pin);
    if (info.keySize() != keys.size() || info.valueSize() != Flow.CODEC.size()) {
      return 0;
    }
    Map<FlowKey, Flow> flows = new HashMap<>();
    try (OwnedMap<FlowKey, Flow> source = BpfMap.openPinned(pin, keys, Flow.CODEC)) {
      source
          .entries()
          .forEach((key, flow) -> {
            if (flow.mark() == 0 && target.get(key).isEmpty()) {
              flows.put(key, stale(flow));
            }
          });
    } catch (BpfException unreadable) {
      return 0;
    }
    target.batch().putAll(flows);
    return flows.size();
  }

  private Flow stale(Flow flow) {
    return new Flow(
        epoch,
        0,
        flow.last(),
        flow.created(),
        0,
        flow.state(),
        flow.flags(),
        0,
        flow.ingress(),
        flow.egress());
  }
}
