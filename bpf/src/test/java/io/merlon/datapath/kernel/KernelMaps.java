package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfObject;
import io.merlon.datapath.harness.Family;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The maps of one loaded object. */
final class KernelMaps {
  private static final int FRAGMENT = 16;

  final Bytes config;
  final Bytes endpoints;
  private final Map<Family, OfFamily> families = new EnumMap<>(Family.class);

  /** The maps there are one of for each family. */
  record OfFamily(Bytes addresses, Bytes cidrs, Bytes services, Bytes flows, Bytes fragments) {
    List<Bytes> all() {
      return List.of(addresses, cidrs, services, flows, fragments);
    }
  }

  KernelMaps(BpfObject object) {
    config = Bytes.of(object, "config", 4, Structs.CONFIG);
    endpoints = Bytes.of(object, "endpoints", 4, Structs.ENDPOINT);
    for (Family family : Family.values()) {
      String suffix = family == Family.V4 ? "4" : "6";
      int length = family.bytes();
      families.put(
          family,
          new OfFamily(
              Bytes.of(object, "addresses" + suffix, length, Structs.PEER),
              Bytes.of(object, "cidrs" + suffix, 4 + length, Structs.PEER),
              Bytes.of(object, "services" + suffix, 4 + length, Structs.SERVICE),
              Bytes.of(object, "flows" + suffix, FlowRecord.keySize(family), FlowRecord.SIZE),
              Bytes.of(object, "fragments" + suffix, 16 + 2 * length, FRAGMENT)));
    }
  }

  OfFamily of(Family family) {
    OfFamily maps = families.get(family);
    if (maps == null) {
      throw new IllegalStateException("no maps for " + family);
    }
    return maps;
  }

  void clear() {
    Stream.concat(
            Stream.of(endpoints), families.values().stream().flatMap(each -> each.all().stream()))
        .forEach(Bytes::clear);
  }
}
