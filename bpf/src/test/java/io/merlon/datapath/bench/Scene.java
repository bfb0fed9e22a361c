package io.merlon.datapath.bench;

import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.Config;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.Event;
import io.merlon.datapath.Hook;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Slots;
import io.merlon.datapath.Stat;
import io.merlon.datapath.Subject;
import io.merlon.datapath.TableImage;
import io.merlon.datapath.TableImage.Interval;
import io.merlon.datapath.TableImage.Row;
import io.merlon.datapath.bench.Packets.End;
import io.merlon.datapath.bench.Rotation.Result;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A loaded datapath that enforces one pod's policy towards many peers. */
final class Scene implements AutoCloseable {
  static final IpAddress POD4 = IpAddress.of("10.0.0.1");
  static final IpAddress POD6 = IpAddress.of("fd00::1");
  static final int ALLOWED_PORT = 8080;
  static final int DENIED_PORT = 81;

  static final int LOOPBACK = 1;
  static final int JIFFIES_PER_SECOND = 1000;
  static final int PEERS_CLASS = 6;
  static final int SUBJECT = 1;
  private static final int TABLE = 8;
  static final int SLOTS = 1024;
  private static final int EVENT_BYTES = Event.CODEC.size() + 8;
  static final int ALLOW = 1;
  static final int DENY = 0;
  private static final int PASS = -1;
  private static final int DROP = 2;

  final Datapath datapath;
  final Peers peers;
  final Bare bare;
  private final RingBuffer unread;
  private @Nullable Consumer consumer;
  private boolean ringStaysFull;
  private long drained;

  private Scene(Datapath datapath, Peers peers) {
    this.datapath = datapath;
    this.peers = peers;
    this.bare = new Bare(datapath);
    this.unread = datapath.events();
  }

  /** With the shipped sizes but for the peers' maps. */
  static Scene of(Peers peers) {
    return of(peers, Datapath.spec());
  }

  static Scene of(Peers peers, BpfObjectSpec spec) {
    for (String map : List.of("addresses4", "addresses6", "cidrs4", "cidrs6")) {
      spec.mapEntries(map, Math.max(spec.map(map).maxEntries(), peers.count()));
    }
    spec.autoload("uplink", false);
    Scene scene = new Scene(Datapath.load(spec), peers);
    scene.configure(Config.defaults(JIFFIES_PER_SECOND));
    scene.addPod();
    peers.fill(scene.datapath, false);
    peers.fill(scene.datapath, true);
    return scene;
  }

  static IpAddress pod(boolean v6) {
    return v6 ? POD6 : POD4;
  }

  private void configure(Config config) {
    datapath.config().put(0, config);
  }

  private void addPod() {
    Endpoint pod = new Endpoint(SUBJECT, Mode.ENFORCE, false, List.of(POD4, POD6));
    datapath.endpoints().put(LOOPBACK, pod);
    List<Row> rows =
        IntStream.rangeClosed(0, Peers.CLASSES).mapToObj(c -> c == 0 ? closed() : open()).toList();
    datapath.tables().copyIn(TABLE, TableImage.encode(rows, rows, 2));
    datapath.setSubject(SUBJECT, new Subject(TABLE, SLOTS));
  }

  /** A handful of ports, as policies have them. */
  private static Row open() {
    List<Interval> ports =
        List.of(
            new Interval(0, false, DENY),
            new Interval(443, true, ALLOW),
            new Interval(444, false, DENY),
            new Interval(ALLOWED_PORT, true, ALLOW),
            new Interval(ALLOWED_PORT + 10, false, DENY));
    return new Row(ports, ports, ports, List.of(new Interval(0, false, DENY)));
  }

  private static Row closed() {
    return Row.all(false, DENY);
  }

  BpfProgram program(Hook hook) {
    return datapath.program(hook);
  }

  /** One of its peers, of class {@link #PEERS_CLASS}. */
  End peer(boolean v6, int port) {
    return new End(peers.address(PEERS_CLASS - 1, v6), port);
  }

  /** The mean time of runs of which each packet must be allowed, or each denied, by policy. */
  int decided(boolean allowed, int times, Supplier<Result> run) {
    int slot = SLOTS + Slots.decision(allowed ? ALLOW : DENY, Mode.ENFORCE);
    long before = datapath.counter(slot).packets();
    Result result = run.get();
    long counted = datapath.counter(slot).packets() - before;
    if (result.verdict() != (allowed ? PASS : DROP) || counted != times) {
      throw new IllegalStateException(
          "verdict %d, %d of %d packets".formatted(result.verdict(), counted, times));
    }
    return result.nanos();
  }

  /** Packets that policy has allowed so far. */
  long allowed() {
    return datapath.counter(SLOTS + Slots.decision(ALLOW, Mode.ENFORCE)).packets();
  }

  /** Starts reading its events while they come, of which a denied flow has one for each packet. */
  Scene heard() {
    tellEveryDenial();
    consumer = new Consumer(datapath);
    return this;
  }

  /** Never reads an event, and has one for each packet of a denied flow. */
  Scene unheard() {
    tellEveryDenial();
    ringStaysFull = true;
    return this;
  }

  private void tellEveryDenial() {
    Config usual = Config.defaults(JIFFIES_PER_SECOND);
    configure(
        new Config(
            usual.layout(),
            usual.epoch(),
            usual.flags(),
            0,
            usual.fragmentTimeout(),
            usual.timeouts()));
  }

  /** Makes room for more events, unless nobody is to read any. */
  void makeRoom() {
    if (consumer != null) {
      consumer.awaitRead();
    } else if (!ringStaysFull) {
      drained += unread.poll(event -> {}, Integer.MAX_VALUE);
    }
  }

  /** Events so far. */
  long events() {
    return eventsLost()
        + (consumer != null ? consumer.read() : drained + unread.backlog() / EVENT_BYTES);
  }

  long eventsLost() {
    return datapath.stat(Stat.EVENTS_LOST);
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close();
    }
    unread.close();
    bare.close();
    datapath.close();
  }
}
