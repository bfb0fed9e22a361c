package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Counter;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Mode;
import io.merlon.it.Client.Outcome;
import io.merlon.it.PodPolicy.Allow;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pod that talks through tagged interfaces on its own, so that all its frames carry tags where
 * the programs see them. The kernel keeps a frame's outer tag beside it, and any further one in it.
 */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record VlanTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final Duration BRIEF = Duration.ofMillis(300);
  private static final int ALLOWED = 80;
  private static final int FORBIDDEN = 81;
  private static final int ETHERNET = 14;
  private static final int TAG = 4;
  private static final int SMALL = 64;
  private static final int LARGE = 4000; // in pieces

  /** How the frames are tagged; tags are named from the outermost on. */
  enum Tags {
    ONE,
    SERVICE,
    TWO;

    List<String> protocols() {
      return switch (this) {
        case ONE -> List.of("802.1Q");
        case SERVICE -> List.of("802.1ad");
        case TWO -> List.of("802.1ad", "802.1Q");
      };
    }
  }

  /** The two pods, of which {@code shop} talks in tagged frames only. */
  private Pod shop(Tags tags, Pod web) {
    Pod shop = node.pod("shop" + tags.ordinal(), PodPolicy.open());
    node.policy(
        shop,
        PodPolicy.closed().onlyTo(Allow.tcp(node.number(web), ALLOWED), Allow.udp(-1, ALLOWED)));
    node.policy(web, PodPolicy.open());
    if (shop.namespace().attempt("ip", "link", "show", "tag0").exit() != 0) {
      tag(shop, tags);
    }
    return shop;
  }

  private Counter allowed(Pod pod) {
    return node.decided(pod, PodPolicy.ALLOWED_OUT, Mode.ENFORCE);
  }

  private Counter denied(Pod pod) {
    return node.decided(pod, PodPolicy.DENIED_OUT, Mode.ENFORCE);
  }

  @ParameterizedTest(name = "{0}, IPv6 {1}")
  @MethodSource("ways")
  void taggedTrafficIsJudgedAsAnyOther(Tags tags, boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = shop(tags, web);
    long denied = denied(shop).packets();
    try (EchoServer http = EchoServer.start(web.namespace(), web.address(six), ALLOWED);
        EchoServer other = EchoServer.start(web.namespace(), web.address(six), FORBIDDEN)) {
      Client patient = new Client(shop.namespace(), PATIENT);
      Client hasty = new Client(shop.namespace(), BRIEF);
      assertEquals(Outcome.ANSWERED, patient.tcp(http.address()));
      assertEquals(Outcome.ANSWERED, patient.udp(http.address(), LARGE));
      assertEquals(Outcome.SILENT, hasty.tcp(other.address()));
      assertEquals(Outcome.SILENT, hasty.udp(other.address(), 64));
      assertEquals(0, other.accepted() + other.received());
      assertTrue(denied(shop).packets() >= denied + 2);
      for (boolean egress : new boolean[] {true, false}) {
        assertEquals(0, node.refused(shop, egress, DropReason.ETHERTYPE).packets());
      }
    }
  }

  @ParameterizedTest(name = "{0}, IPv6 {1}")
  @MethodSource("ways")
  void whatComesToTheTaggedPodIsJudgedToo(Tags tags, boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = shop(tags, web);
    node.policy(shop, PodPolicy.closed().onlyFrom(Allow.tcp(node.number(web), ALLOWED)));
    try (EchoServer http = EchoServer.start(shop.namespace(), shop.address(six), ALLOWED);
        EchoServer other = EchoServer.start(shop.namespace(), shop.address(six), FORBIDDEN)) {
      long denied = node.decided(shop, PodPolicy.DENIED_IN, Mode.ENFORCE).packets();
      assertEquals(Outcome.ANSWERED, new Client(web.namespace(), PATIENT).tcp(http.address()));
      assertEquals(Outcome.SILENT, new Client(web.namespace(), BRIEF).tcp(other.address()));
      assertEquals(0, other.accepted());
      assertTrue(node.decided(shop, PodPolicy.DENIED_IN, Mode.ENFORCE).packets() > denied);
    }
  }

  /** A datagram's bytes are counted with the tags that are in the frame, not those beside it. */
  @ParameterizedTest(name = "{0}, IPv6 {1}")
  @MethodSource("ways")
  void tagsWithinTheFrameAreCounted(Tags tags, boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = shop(tags, web);
    try (EchoServer dns = EchoServer.start(web.namespace(), web.address(six), ALLOWED)) {
      Counter before = allowed(shop);
      Client client = new Client(shop.namespace(), PATIENT);
      assertEquals(Outcome.ANSWERED, client.udp(dns.address(), SMALL));
      Counter after = allowed(shop);
      long frame = ETHERNET + (tags.protocols().size() - 1L) * TAG + (six ? 40 : 20) + 8 + SMALL;
      assertEquals(before.packets() + 2, after.packets());
      assertEquals(before.bytes() + 2 * frame, after.bytes());
    }
  }

  static Stream<Arguments> ways() {
    return Stream.of(Tags.values())
        .flatMap(tags -> Stream.of(false, true).map(six -> Arguments.of(tags, six)));
  }

  /** Takes the pod's addresses and routes to interfaces that tag, on both sides of its wire. */
  private void tag(Pod pod, Tags tags) {
    String inside = "eth0";
    String outside = pod.device();
    for (int i = 0; i < tags.protocols().size(); i++) {
      String how = "type vlan protocol %s id %d".formatted(tags.protocols().get(i), 100 + i);
      pod.namespace().configure("link add link %s name tag%d %s".formatted(inside, i, how));
      inside = "tag" + i;
      pod.namespace().configure("link set %s up".formatted(inside));
      String next = "t%d-%s".formatted(i, pod.device().substring(0, 10));
      node.namespace().configure("link add link %s name %s %s".formatted(outside, next, how));
      outside = next;
      node.namespace().configure("link set %s up".formatted(outside));
    }
    takeRoutes(pod, inside, outside);
  }

  private void takeRoutes(Pod pod, String inside, String outside) {
    String mac = hardwareAddress(node.namespace(), pod.device());
    for (String gateway : List.of("169.254.1.1", "fe80::1")) {
      if (!gateway.contains(":")) {
        pod.namespace().configure("route replace %s dev %s scope link".formatted(gateway, inside));
      }
      pod.namespace()
          .configure(
              "neighbour replace %s lladdr %s dev %s nud permanent".formatted(gateway, mac, inside),
              "route replace default via %s dev %s".formatted(gateway, inside));
    }
    String podMac = hardwareAddress(pod.namespace(), "eth0");
    for (InetAddress address : List.of(pod.v4(), pod.v6())) {
      String text = address.getHostAddress();
      node.namespace()
          .configure(
              "route replace %s dev %s".formatted(text, outside),
              "neighbour replace %s lladdr %s dev %s nud permanent"
                  .formatted(text, podMac, outside));
    }
  }

  private static String hardwareAddress(NetworkNamespace namespace, String device) {
    String[] words = namespace.execute("ip", "-o", "link", "show", "dev", device).split("\\s+");
    return words[List.of(words).indexOf("link/ether") + 1];
  }
}
