package io.merlon.datapath;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.Btf.Layout;
import io.merlon.datapath.Btf.Member;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each codec against the struct that the C compiler laid out: every member in its place. */
class AbiTest {
  private static final IpAddress POD4 = IpAddress.of("10.1.2.3");
  private static final IpAddress PEER4 = IpAddress.of("10.4.5.6");
  private static final IpAddress POD6 = IpAddress.of("fd00:1:2:3:4:5:6:7");
  private static final IpAddress PEER6 = IpAddress.of("fd00:8:9:a:b:c:d:e");
  private static final int PORT = 0x1234;
  private static final int OTHER = 0x5678;

  private static final Event EVENT =
      new Event(
          1,
          2,
          3,
          4,
          5,
          POD6,
          PEER6,
          PORT,
          OTHER,
          6,
          7,
          Event.Kind.DENIED,
          8,
          true,
          Mode.OBSERVE,
          9,
          10);
  private static final Flow FLOW =
      new Flow(1, 2, 3, 4, 5, FlowState.OTHER, 6, 7, new Counter(8, 9), new Counter(10, 11));

  /** A value of distinct fields, and what each member of the struct must then hold. */
  private record Sample<T>(Struct<T> codec, T value, Map<String, Object> members) {
    byte[] encoded() {
      ByteBuffer out = ByteBuffer.allocate(codec.size()).order(ByteOrder.LITTLE_ENDIAN);
      codec.encode(value, out);
      assertEquals(0, out.remaining(), codec.cName() + " is not filled");
      return out.array();
    }

    T decoded() {
      return codec.decode(ByteBuffer.wrap(encoded()).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  private static List<Sample<?>> samples() {
    return List.of(
        new Sample<>(
            Config.CODEC,
            new Config(1, 2, 3, 4, 5, List.of(6, 7, 8, 9, 10, 11, 12, 13)),
            Map.of(
                "layout",
                1,
                "epoch",
                2,
                "flags",
                3,
                "denial_interval",
                4,
                "fragment_timeout",
                5,
                "timeout",
                ints(6, 7, 8, 9, 10, 11, 12, 13))),
        new Sample<>(Counter.CODEC, new Counter(1, 2), Map.of("packets", 1, "bytes", 2)),
        new Sample<>(Subject.CODEC, new Subject(1, 2), Map.of("table", 1, "slots", 2)),
        new Sample<>(
            Peer.CODEC, new Peer(1, true, true, 2), Map.of("class", 0xc0000001L, "ifindex", 2)),
        new Sample<>(
            Service.CODEC,
            new Service(1, true, PORT, true),
            Map.of("class", 0x80000001L, "port", PORT, "flags", 1)),
        new Sample<>(
            Endpoint.CODEC,
            new Endpoint(1, Mode.OBSERVE, true, 0x12345678, List.of(POD4, PEER4, POD6, PEER6)),
            Map.of(
                "subject",
                1,
                "mode",
                2,
                "flags",
                1,
                "end",
                0x12345678,
                "v4",
                joined(POD4, PEER4),
                "v6",
                joined(POD6, PEER6))),
        new Sample<>(
            CidrKey.V4, new CidrKey(POD4, 24), Map.of("prefix", 24, "address", POD4.bytes())),
        new Sample<>(
            CidrKey.V6, new CidrKey(POD6, 64), Map.of("prefix", 64, "address", POD6.bytes())),
        new Sample<>(ServiceKey.V4, new ServiceKey(POD4, PORT, 6), service(POD4)),
        new Sample<>(ServiceKey.V6, new ServiceKey(POD6, PORT, 6), service(POD6)),
        new Sample<>(FlowKey.V4, new FlowKey(1, POD4, PEER4, PORT, OTHER, 6), flow(POD4, PEER4)),
        new Sample<>(FlowKey.V6, new FlowKey(1, POD6, PEER6, PORT, OTHER, 6), flow(POD6, PEER6)),
        new Sample<>(
            FragmentKey.V4, new FragmentKey(1, POD4, PEER4, 2, 3, true), fragment(POD4, PEER4)),
        new Sample<>(
            FragmentKey.V6, new FragmentKey(1, POD6, PEER6, 2, 3, true), fragment(POD6, PEER6)),
        new Sample<>(
            Fragment.CODEC,
            new Fragment(1, 2, 3, 6),
            Map.of("slot", 1, "stamp", 2, "epoch", 3, "protocol", 6)),
        new Sample<>(
            Flow.CODEC,
            FLOW,
            Map.ofEntries(
                Map.entry("epoch", 1),
                Map.entry("slot", 2),
                Map.entry("last", 3),
                Map.entry("created", 4),
                Map.entry("subject", 5),
                Map.entry("state", 7),
                Map.entry("flags", 6),
                Map.entry("mark", 7),
                Map.entry("packets", longs(8, 10)),
                Map.entry("bytes", longs(9, 11)))),
        new Sample<>(
            Event.CODEC,
            EVENT,
            Map.ofEntries(
                Map.entry("jiffies", 1),
                Map.entry("ifindex", 2),
                Map.entry("subject", 3),
                Map.entry("slot", 4),
                Map.entry("class", 5),
                Map.entry("pod", POD6.bytes()),
                Map.entry("peer", PEER6.bytes()),
                Map.entry("pod_port", network(PORT)),
                Map.entry("peer_port", network(OTHER)),
                Map.entry("suppressed", 6),
                Map.entry("length", 7),
                Map.entry("kind", 2),
                Map.entry("family", 6),
                Map.entry("protocol", 8),
                Map.entry("direction", 1),
                Map.entry("mode", 2),
                Map.entry("reason", 9),
                Map.entry("tcp_flags", 10),
                Map.entry("record", 0)))); // which Denial reads
  }

  @Test
  void everyMemberIsWhereItsCodecPutsIt() throws IOException {
    Map<String, Layout> structs = structs();
    for (Sample<?> sample : samples()) {
      String name = sample.codec().cName();
      Layout layout = Objects.requireNonNull(structs.get(name), name);
      assertEquals(layout.size(), sample.codec().size(), name);
      Set<String> members = new TreeSet<>(layout.members().keySet());
      members.removeIf(member -> member.startsWith("pad"));
      assertEquals(members, new TreeSet<>(sample.members().keySet()), name);
      byte[] encoded = sample.encoded();
      layout.members().forEach((member, place) -> check(sample, member, place, encoded));
    }
  }

  private static void check(Sample<?> sample, String member, Member place, byte[] encoded) {
    byte[] found = Arrays.copyOfRange(encoded, place.offset(), place.offset() + place.size());
    byte[] expected = bytes(sample.members().getOrDefault(member, 0), place.size());
    assertArrayEquals(expected, found, sample.codec().cName() + "." + member);
  }

  private static byte[] bytes(Object value, int size) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    long number = ((Number) value).longValue();
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    return Arrays.copyOf(all, size);
  }

  @Test
  void whatIsWrittenIsRead() {
    for (Sample<?> sample : samples()) {
      assertEquals(sample.value(), sample.decoded());
    }
  }

  /** An address alone is a key without a struct's codec; a denial's record is only read. */
  @Test
  void everyStructOfTheHeaderHasACodec() throws IOException {
    Set<String> named = new TreeSet<>(AbiHeader.read().structs());
    named.removeAll(Set.of("address6", "denial"));
    assertEquals(
        named, samples().stream().map(s -> s.codec().cName()).collect(toCollection(TreeSet::new)));
    assertEquals(Objects.requireNonNull(structs().get("address6")).size(), Peer.KEY6.size());
  }

  @Test
  void aDenialIsReadWhereItLies() throws IOException {
    Map<String, Layout> structs = structs();
    Layout denial = Objects.requireNonNull(structs.get("denial"));
    assertEquals(Denial.SIZE, denial.size());
    assertEquals(Denial.HASH, offset(denial, "hash"));
    assertEquals(Denial.STAMP, offset(denial, "stamp"));
    assertEquals(Denial.SUPPRESSED, offset(denial, "suppressed"));
    assertEquals(Denial.EVENT, offset(denial, "event"));
    assertEquals(Denial.TOLD, offset(Objects.requireNonNull(structs.get("event")), "record"));
  }

  private static int offset(Layout layout, String member) {
    return Objects.requireNonNull(layout.members().get(member), member).offset();
  }

  private static byte[] ints(int... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(out::putInt);
    return out.array();
  }

  private static Map<String, Object> service(IpAddress address) {
    return Map.of("address", address.bytes(), "port", network(PORT), "protocol", 6);
  }

  private static Map<String, Object> flow(IpAddress pod, IpAddress peer) {
    return Map.of(
        "ifindex",
        1,
        "pod",
        pod.bytes(),
        "peer",
        peer.bytes(),
        "pod_port",
        network(PORT),
        "peer_port",
        network(OTHER),
        "protocol",
        6);
  }

  private static Map<String, Object> fragment(IpAddress source, IpAddress destination) {
    return Map.of(
        "ifindex",
        1,
        "source",
        source.bytes(),
        "destination",
        destination.bytes(),
        "id",
        2,
        "protocol",
        3,
        "direction",
        1);
  }

  private static byte[] network(int port) {
    return new byte[] {(byte) (port >> 8), (byte) port};
  }

  private static byte[] joined(IpAddress a, IpAddress b) {
    byte[] one = a.bytes();
    return ByteBuffer.allocate(2 * one.length).put(one).put(b.bytes()).array();
  }

  private static byte[] longs(long a, long b) {
    return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(a).putLong(b).array();
  }

  private static Map<String, Layout> structs() throws IOException {
    try (InputStream in = Datapath.class.getResourceAsStream("enforce.bpf.o")) {
      return Btf.of(Objects.requireNonNull(in).readAllBytes()).structs();
    }
  }
}
