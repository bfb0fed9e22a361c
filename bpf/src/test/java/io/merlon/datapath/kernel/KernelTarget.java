package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.SubjectTable;
import io.merlon.datapath.packet.Packet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The datapath's own programs in the running kernel. */
public final class KernelTarget implements PacketTarget {
  /** More than any story needs, and few enough to be walked quickly. */
  private static final int ENTRIES = 2048;

  private static final byte[] ONLY = new byte[4];

  private final BpfObject object;
  private final Devices devices = Devices.create(Remembered.LINE + 1);
  private final KernelMaps maps;
  private final KernelCounters counters;
  private final KernelTables tables;
  private final Runs runs;
  private final Remembered remembered;
  private final KernelEvents told;
  private final Map<Integer, Endpoint> endpoints = new HashMap<>();
  private final Map<Address, PeerClass> addresses = new HashMap<>();
  private Settings settings = Settings.DEFAULT;
  private Structs.Events events = Structs.Events.NONE;
  private int epoch = 1;

  /** Loads the object with tables and counters of the tests' size. */
  public KernelTarget(BpfObjectSpec spec) {
    for (String name : List.of("addresses", "cidrs", "services", "flows", "fragments")) {
      spec.mapEntries(name + "4", ENTRIES).mapEntries(name + "6", ENTRIES);
    }
    object = spec.mapEntries("tables", KernelTables.WORDS).mapEntries("counters", Slots.ALL).load();
    maps = new KernelMaps(object);
    counters = new KernelCounters(object);
    tables = new KernelTables(object);
    runs = new Runs(object, devices);
    remembered = new Remembered(maps, devices);
    told = new KernelEvents(object, devices);
    reset();
  }

  @Override
  public void reset() {
    maps.clear();
    tables.clear();
    endpoints.clear();
    addresses.clear();
    settings = Settings.DEFAULT;
    if (!events.equals(Structs.Events.NONE)) {
      told.forget();
    }
    events = Structs.Events.NONE;
    epoch = 1;
    writeConfig();
    remembered.startClock();
    counters.reset();
  }

  private void writeConfig() {
    maps.config.put(ONLY, Structs.config(settings, epoch, events));
  }

  @Override
  public void configure(Settings wanted) {
    settings = wanted;
    writeConfig();
  }

  private byte[] ifindex(int line) {
    return new Words(4).u32(devices.index(line)).bytes();
  }

  @Override
  public void endpoint(int line, Endpoint endpoint) {
    Endpoint before = endpoints.put(line, endpoint);
    maps.endpoints.put(ifindex(line), Structs.endpoint(endpoint));
    if (before == null || !before.own().equals(endpoint.own())) {
      addresses.forEach(this::writeAddress);
    }
  }

  @Override
  public void removeEndpoint(int line) {
    endpoints.remove(line);
    maps.endpoints.delete(ifindex(line));
    addresses.forEach(this::writeAddress);
    bumpEpoch();
  }

  @Override
  public void table(int subject, SubjectTable table) {
    tables.put(subject, table);
  }

  @Override
  public void removeTable(int subject) {
    tables.remove(subject);
  }

  @Override
  public void address(Address address, PeerClass peerClass) {
    addresses.put(address, peerClass);
    writeAddress(address, peerClass);
  }

  /** With the interface of the local pod that owns it. */
  private void writeAddress(Address address, PeerClass peerClass) {
    int owner =
        endpoints.entrySet().stream()
            .filter(entry -> entry.getValue().own().contains(address))
            .findFirst()
            .map(entry -> devices.index(entry.getKey()))
            .orElse(0);
    maps.of(address.family()).addresses().put(address.wire(), Structs.peer(peerClass, owner));
  }

  @Override
  public void removeAddress(Address address) {
    addresses.remove(address);
    maps.of(address.family()).addresses().delete(address.wire());
  }

  @Override
  public void cidr(Cidr cidr, PeerClass peerClass) {
    maps.of(cidr.address().family()).cidrs().put(Structs.cidrKey(cidr), Structs.peer(peerClass, 0));
  }

  @Override
  public void removeCidr(Cidr cidr) {
    maps.of(cidr.address().family()).cidrs().delete(Structs.cidrKey(cidr));
  }

  @Override
  public void service(Service.Key key, Service service) {
    maps.of(key.address().family())
        .services()
        .put(Structs.serviceKey(key), Structs.service(service));
  }

  @Override
  public void removeService(Service.Key key) {
    maps.of(key.address().family()).services().delete(Structs.serviceKey(key));
  }

  @Override
  public void bumpEpoch() {
    epoch++;
    writeConfig();
  }

  @Override
  public void elapse(int seconds) {
    remembered.elapse(seconds);
    if (events.denied()) {
      told.elapse(seconds * Structs.SECOND);
    }
  }

  @Override
  public Fate fate(Hook hook, int line, Frame frame) {
    return runs.fate(hook, devices.index(line), frame);
  }

  @Override
  public Map<CounterKey, Count> counters() {
    return counters.counts();
  }

  @Override
  public long stat(Stat stat) {
    return counters.stat(stat);
  }

  @Override
  public Map<FlowKey, FlowView> flows() {
    Packet tick = Remembered.tick();
    runs.fate(Hook.FROM_POD, devices.index(Remembered.LINE), tick.frame());
    return remembered.flows();
  }

  @Override
  public void events(boolean allowed, boolean denied) {
    events = new Structs.Events(allowed, denied);
    writeConfig();
  }

  @Override
  public List<Event> drainEvents() {
    return told.drain();
  }

  @Override
  public Map<Denial, Long> untold() {
    return told.owed();
  }

  @Override
  public void close() {
    told.close();
    runs.close();
    tables.close();
    object.close();
    devices.close();
  }
}
