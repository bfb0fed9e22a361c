package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.program.KernelContent.Guarded;
import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MappedArray;
import io.merlon.bpf.OwnedMap;
import io.merlon.datapath.CidrKey;
import io.merlon.datapath.Config;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Fragment;
import io.merlon.datapath.FragmentKey;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Service;
import io.merlon.datapath.Subject;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The maps in force, opened by their names to be read. */
public final class PinnedMaps implements AutoCloseable {
  private static final List<Boolean> FAMILIES = List.of(false, true);

  /** Without these nobody who comes later can go on. */
  private static final List<String> ENFORCING =
      List.of("config", "endpoints", "subjects", "tables", "flows4", "flows6");

  private final Generation generation;
  private final List<OwnedMap<?, ?>> opened = new ArrayList<>();

  private PinnedMaps(Generation generation) {
    this.generation = generation;
  }

  /** Opens those at a folder of pins. */
  public static PinnedMaps open(Path root) {
    return new PinnedMaps(
        new PinLayout(root)
            .inForce()
            .orElseThrow(() -> new BpfException("nothing is pinned at " + root)));
  }

  /** What is missing of the maps in force; nothing, if all is well. */
  public static List<String> missing(Path root) {
    Optional<Generation> inForce = new PinLayout(root).inForce();
    return inForce.isEmpty()
        ? List.of(root.resolve("current").toString())
        : ENFORCING.stream()
            .map(inForce.get()::map)
            .filter(pin -> !Files.exists(pin))
            .map(Path::toString)
            .toList();
  }

  private <K, V> BpfMap<K, V> map(String name, Codec<K> keys, Codec<V> values) {
    OwnedMap<K, V> map = BpfMap.openPinned(generation.map(name), keys, values);
    opened.add(map);
    return map;
  }

  private static String name(String map, boolean v6) {
    return map + (v6 ? "6" : "4");
  }

  KernelContent read() {
    Config config = config();
    PersistentMap<ServiceKey, ServiceTarget> services = PersistentMap.empty();
    PersistentMap<Cidr, Integer> prefixes = PersistentMap.empty();
    PersistentMap<Address, Integer> exact = PersistentMap.empty();
    Set<Address> virtual = new HashSet<>();
    for (boolean v6 : FAMILIES) {
      for (var entry : services(v6).entrySet()) {
        services =
            services.with(KernelValues.key(entry.getKey()), KernelValues.target(entry.getValue()));
      }
      for (var entry : cidrs(v6).entrySet()) {
        Address base = KernelValues.address(entry.getKey().address());
        prefixes =
            prefixes.with(
                new Cidr(base, entry.getKey().prefix()), KernelValues.peerClass(entry.getValue()));
      }
      for (var entry : addresses(v6).entrySet()) {
        Address address = KernelValues.address(entry.getKey());
        Peer peer = entry.getValue();
        if (peer.service()) {
          virtual.add(address);
        }
        // A virtual address without a class of its own has that of its prefix.
        if (!peer.service() || peer.node() || peer.peerClass() != 0) {
          exact = exact.with(address, KernelValues.peerClass(peer));
        }
      }
    }
    return new KernelContent(
        Integer.toUnsignedLong(config.epoch()),
        interfaces(),
        tables(),
        new AddressBook(exact, prefixes),
        virtual,
        services);
  }

  /** How the programs are set. */
  public Config config() {
    return map("config", Codec.u32(), Config.CODEC)
        .get(0)
        .orElseThrow(() -> new IllegalArgumentException("no configuration"));
  }

  private Map<io.merlon.datapath.ServiceKey, Service> services(boolean v6) {
    return map(
            name("services", v6),
            v6 ? io.merlon.datapath.ServiceKey.V6 : io.merlon.datapath.ServiceKey.V4,
            Service.CODEC)
        .entries();
  }

  private Map<CidrKey, Peer> cidrs(boolean v6) {
    return map(name("cidrs", v6), v6 ? CidrKey.V6 : CidrKey.V4, Peer.CODEC).entries();
  }

  private Map<io.merlon.datapath.IpAddress, Peer> addresses(boolean v6) {
    return map(name("addresses", v6), v6 ? Peer.KEY6 : Peer.KEY4, Peer.CODEC).entries();
  }

  /** What stands at each interface. */
  public Map<HostInterface, Guarded> interfaces() {
    Map<Integer, io.merlon.datapath.Endpoint> endpoints =
        map("endpoints", Codec.u32(), io.merlon.datapath.Endpoint.CODEC).entries();
    Map<HostInterface, Guarded> interfaces = new HashMap<>();
    map("interfaces", Codec.u32(), InterfaceEntry.CODEC)
        .entries()
        .forEach((ifindex, entry) ->
            interfaces.put(
                new HostInterface(ifindex, entry.name()),
                new Guarded(entry.uplink(), entry.pod(), endpoint(endpoints.remove(ifindex)))));
    endpoints.forEach((ifindex, endpoint) ->
        interfaces.put(
            new HostInterface(ifindex, ""), new Guarded(false, null, endpoint(endpoint))));
    return interfaces;
  }

  private static @Nullable Endpoint endpoint(io.merlon.datapath.@Nullable Endpoint found) {
    return found == null ? null : KernelValues.endpoint(found);
  }

  private Map<Integer, VerdictTable> tables() {
    Map<Integer, VerdictTable> bySubject = new HashMap<>();
    Map<Integer, VerdictTable> byPlace = new HashMap<>();
    try (MappedArray words = MappedArray.of(map("tables", Codec.u32(), Codec.u64()))) {
      map("subjects", Codec.u32(), Subject.CODEC)
          .entries()
          .forEach((number, subject) -> {
            int at = subject.table();
            if (at != 0) {
              bySubject.put(
                  number,
                  byPlace.computeIfAbsent(
                      at, _ -> TableStore.read(words, at, Decision::unknown).table()));
            }
          });
    }
    return bySubject;
  }

  /** The flows that are remembered, one after the other. */
  public void flows(BiConsumer<FlowKey, Flow> visitor) {
    for (boolean v6 : FAMILIES) {
      flows(v6).batch().forEach(visitor);
    }
  }

  /** The same, as their bytes: see {@link io.merlon.bpf.MapBatch#forEachBytes}. */
  public void flowBytes(BiConsumer<ByteBuffer, ByteBuffer> visitor) {
    for (boolean v6 : FAMILIES) {
      flows(v6).batch().forEachBytes(visitor);
    }
  }

  /** What became of the first parts of datagrams, one after the other. */
  public void fragments(BiConsumer<FragmentKey, Fragment> visitor) {
    for (boolean v6 : FAMILIES) {
      fragments(v6).batch().forEach(visitor);
    }
  }

  /** For how many of both there is room. */
  public TableRoom room() {
    return new TableRoom(
        flows(false).maxEntries(),
        flows(true).maxEntries(),
        fragments(false).maxEntries(),
        fragments(true).maxEntries());
  }

  private BpfMap<FlowKey, Flow> flows(boolean v6) {
    return map(name("flows", v6), v6 ? FlowKey.V6 : FlowKey.V4, Flow.CODEC);
  }

  private BpfMap<FragmentKey, Fragment> fragments(boolean v6) {
    return map(name("fragments", v6), v6 ? FragmentKey.V6 : FragmentKey.V4, Fragment.CODEC);
  }

  @Override
  public void close() {
    opened.forEach(OwnedMap::close);
    opened.clear();
  }
}
