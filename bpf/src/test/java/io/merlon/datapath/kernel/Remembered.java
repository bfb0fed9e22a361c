package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.packet.Packet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The flows and fragments the kernel holds. Time passes by making them older; what time it is, is
 * read from a flow of a pod that serves as clock, on a line of its own.
 */
final class Remembered {
  /** The clock's line. */
  static final int LINE = PacketTarget.UPLINK_LINE + 1;

  /** No byte of it is in its place in any address of the stories: no broken packet goes there. */
  private static final Address NODE = Address.of("198.18.77.201");

  private static final Address CLOCK = Address.of("198.18.77.202");

  private final KernelMaps maps;
  private final Devices devices;

  Remembered(KernelMaps maps, Devices devices) {
    this.maps = maps;
    this.devices = devices;
  }

  /** A packet that always passes, so that its flow was last seen now. */
  static Packet tick() {
    return Packet.between(CLOCK, NODE).udp(1, 1);
  }

  void startClock() {
    byte[] line = new Words(4).u32(devices.index(LINE)).bytes();
    maps.endpoints.put(line, Structs.endpoint(new Endpoint(0, Mode.ENFORCE, List.of(CLOCK))));
    maps.of(Family.V4).addresses().put(NODE.wire(), Structs.peer(PeerClass.node(0), 0));
  }

  void elapse(int seconds) {
    int ticks = seconds * Structs.SECOND;
    for (Family family : Family.values()) {
      replaceAll(maps.of(family).flows(), flow -> FlowRecord.older(flow, ticks));
      replaceAll(maps.of(family).fragments(), fragment -> olderFragment(fragment, ticks));
    }
  }

  private static byte[] olderFragment(byte[] fragment, int ticks) {
    byte[] older = fragment.clone();
    ByteBuffer words = Words.reading(older);
    words.putInt(4, words.getInt(4) - ticks);
    return older;
  }

  private static void replaceAll(Bytes map, UnaryOperator<byte[]> replacement) {
    List<Runnable> writes = new ArrayList<>();
    map.forEach((key, value) -> writes.add(() -> map.put(key, replacement.apply(value))));
    writes.forEach(Runnable::run);
  }

  /** The live flows of all lines; the clock must just have ticked. */
  Map<FlowKey, FlowView> flows() {
    Map<FlowKey, byte[]> all = new HashMap<>();
    for (Family family : Family.values()) {
      maps.of(family).flows().forEach((key, flow) -> all.put(FlowRecord.key(key, family), flow));
    }
    int now =
        all.entrySet().stream()
            .filter(entry -> entry.getKey().pod().equals(CLOCK))
            .findFirst()
            .map(entry -> FlowRecord.last(entry.getValue()))
            .orElseThrow(() -> new IllegalStateException("the clock has stopped"));
    Map<FlowKey, FlowView> live = new HashMap<>();
    all.forEach((key, flow) -> {
      int line = devices.line(key.line());
      if (line != LINE && !Structs.expired(flow, now)) {
        live.put(
            new FlowKey(line, key.pod(), key.peer(), key.podPort(), key.peerPort(), key.protocol()),
            FlowRecord.view(flow));
      }
    });
    return live;
  }
}
