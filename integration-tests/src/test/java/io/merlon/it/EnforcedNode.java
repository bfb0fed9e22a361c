package io.merlon.it;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Interfaces;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Slots;
import io.merlon.datapath.Subject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node whose pods are judged by the datapath: the maps are written by hand, the kernel does the
 * rest. A pod's subject is also its peer class: its number, from 1.
 */
final class EnforcedNode implements AutoCloseable {
  /** The class of what is outside and has no other. */
  static final int OUTSIDE = 0;

  private static final int CLASSES = 12;
  private static final int HZ_AT_MOST = 1000;
  private static final int BLOCK = Slots.block(PodPolicy.DECISIONS);

  private final Attachment.Kind kind;
  private final PodNetwork network = PodNetwork.create(1);
  private final Datapath datapath;
  private final Attachments attachments;
  private final Map<String, Pod> pods = new LinkedHashMap<>();
  private final Map<Pod, Integer> numbers = new LinkedHashMap<>();
  private final List<NetworkNamespace> others = new ArrayList<>();
  private Config config = Config.defaults(HZ_AT_MOST);
  private int nextWord = 1;
  private @Nullable NetworkNamespace outside;

  EnforcedNode(Attachment.Kind kind) {
    this.kind = kind;
    try {
      this.datapath = Datapath.load(Datapath.spec());
    } catch (RuntimeException failure) {
      network.close();
      throw failure;
    }
    this.attachments = new Attachments(kind, network.node(), datapath);
    configure(config);
  }

  Attachment.Kind kind() {
    return kind;
  }

  NetworkNamespace namespace() {
    return network.node();
  }

  Datapath datapath() {
    return datapath;
  }

  PodNetwork network() {
    return network;
  }

  Config config() {
    return config;
  }

  void configure(Config value) {
    config = value;
    datapath.config().put(0, value);
  }

  /** The enforced pod of the name, created if it is not there, under this policy from now on. */
  Pod pod(String name, PodPolicy policy) {
    Pod pod = pods.computeIfAbsent(name, this::create);
    policy(pod, policy);
    mode(pod, Mode.ENFORCE);
    return pod;
  }

  private Pod create(String name) {
    Pod pod = network.addPod("shop", name);
    int number = numbers.size() + 1;
    numbers.put(pod, number);
    for (InetAddress address : List.of(pod.v4(), pod.v6())) {
      know(address, new Peer(number, false, false, pod.ifindex()));
    }
    attachments.attach(pod);
    return pod;
  }

  /** Takes the programs off all interfaces. */
  void detach() {
    attachments.detach();
  }

  /** Attaches them to the pods again. */
  void attachPods() {
    numbers.keySet().forEach(attachments::attach);
  }

  /** The other end of the node's uplink, created if it is not there. */
  NetworkNamespace outside() {
    if (outside == null) {
      outside = connect();
    }
    return outside;
  }

  private NetworkNamespace connect() {
    NetworkNamespace outside = NetworkNamespace.create("outside");
    others.add(outside);
    Wire.connect(
        new Wire.End(namespace(), "up0", 1500, List.of("192.168.1.1/24", "fd01::1/64")),
        new Wire.End(outside, "eth0", 1500, List.of("192.168.1.2/24", "fd01::2/64")));
    outside.configure(
        "route add %s via 192.168.1.1".formatted(network.prefix4()),
        "route add %s via fd01::1".formatted(network.prefix6()));
    namespace().configure("route add default via 192.168.1.2", "route add default via fd01::2");
    know(InetAddress.ofLiteral("192.168.1.1"), new Peer(0, true, false, 0));
    know(InetAddress.ofLiteral("fd01::1"), new Peer(0, true, false, 0));
    int uplink = namespace().call(() -> Interfaces.index("up0"));
    attachments.attachUplink(uplink);
    return outside;
  }

  /** A further namespace, which ends with the node. */
  NetworkNamespace further(String label) {
    NetworkNamespace namespace = NetworkNamespace.create(label);
    others.add(namespace);
    return namespace;
  }

  void know(InetAddress address, Peer peer) {
    IpAddress key = IpAddress.of(address.getAddress());
    datapath.addresses(key.v6()).put(key, peer);
  }

  int number(Pod pod) {
    return numbers.getOrDefault(pod, 0);
  }

  /** Changes what a pod may do; its open flows are judged again. */
  void policy(Pod pod, PodPolicy policy) {
    long[] table = policy.table(CLASSES);
    datapath.tables().copyIn(nextWord, table);
    datapath.setSubject(number(pod), new Subject(nextWord, number(pod) * BLOCK));
    nextWord += table.length;
    configure(config.withEpoch(config.epoch() + 1));
  }

  void mode(Pod pod, Mode mode) {
    List<IpAddress> own =
        List.of(IpAddress.of(pod.v4().getAddress()), IpAddress.of(pod.v6().getAddress()));
    datapath.endpoints().put(pod.ifindex(), new Endpoint(number(pod), mode, false, own));
  }

  /** What the table's decision has counted. */
  Counter decided(Pod pod, int decision, Mode mode) {
    return datapath.counter(number(pod) * BLOCK + Slots.decision(decision, mode));
  }

  Counter refused(Pod pod, boolean egress, DropReason reason) {
    return datapath.counter(number(pod) * BLOCK + Slots.code(Mode.ENFORCE, egress, reason.code()));
  }

  /** Packets denied for whatever reason, of all pods. */
  long denials() {
    long denials = 0;
    for (Pod pod : numbers.keySet()) {
      for (Mode mode : Mode.values()) {
        denials += decided(pod, PodPolicy.DENIED_IN, mode).packets();
        denials += decided(pod, PodPolicy.DENIED_OUT, mode).packets();
      }
      for (DropReason reason : DropReason.values()) {
        denials += refused(pod, true, reason).packets() + refused(pod, false, reason).packets();
      }
    }
    return denials;
  }

  /** The ways in which somebody else's program may come after ours on a hook. */
  List<Attachment.Kind> behind() {
    return switch (kind) {
      case TCX -> List.of(Attachment.Kind.TCX, Attachment.Kind.CLSACT);
      case CLSACT -> List.of(Attachment.Kind.CLSACT);
    };
  }

  /** Attaches somebody else's program so that it would run after ours. */
  Attachment attachBehind(Attachment.Kind way, Attachment.Place place, BpfProgram program) {
    return switch (way) {
      case TCX -> place.attach(way, program);
      case CLSACT -> namespace().call(() -> Attachment.Clsact.attach(place, 10, program));
    };
  }

  /** Replaces every attached program by another object's. */
  void replace(Datapath by) {
    attachments.replace(by);
  }

  @Override
  public String toString() {
    return kind.toString();
  }

  @Override
  public void close() {
    try (network;
        datapath) {
      try {
        attachments.close();
      } finally {
        others.forEach(NetworkNamespace::close);
      }
    }
  }
}
