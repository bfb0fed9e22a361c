package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import java.util.List;

/** What the agent writes, as bytes: the structs of abi.h. */
final class Structs {
  /** A second of the tests in ticks: many, so that the kernel's own clock hardly matters. */
  static final int SECOND = 1000;

  private static final int LAYOUT_VERSION = 3;
  private static final int VERIFY_SOURCE = 0x01;
  private static final int UNKNOWN_ALLOW = 0x02;
  private static final int ETHERTYPE_ALLOW = 0x04;
  private static final int EVENTS_ALLOWED = 0x08;
  private static final int EVENTS_DENIED = 0x10;
  private static final int MORE_ADDRESSES = 0x01;
  private static final int CLASS_NODE = 0x80000000;
  private static final int CLASS_SERVICE = 0x40000000;
  private static final int SERVICE_MIXED = 0x01;

  /** By flow state: opening, open, closing, closed, one way, both ways, echo, other. */
  private static final int[] TIMEOUTS = {60, 3 * 3600, 60, 10, 60, 180, 30, 60};

  private static final int FRAGMENT_TIMEOUT = 30;

  static final int CONFIG = 20 + 4 * TIMEOUTS.length;
  static final int ENDPOINT = 52;
  static final int PEER = 8;
  static final int SERVICE = 8;

  private Structs() {}

  /** Which events are told. */
  record Events(boolean allowed, boolean denied) {
    static final Events NONE = new Events(false, false);
  }

  static byte[] config(Settings settings, int epoch, Events events) {
    int flags =
        (settings.verifySource() ? VERIFY_SOURCE : 0)
            | (settings.allowUnknownEndpoints() ? UNKNOWN_ALLOW : 0)
            | (settings.allowOtherEthertypes() ? ETHERTYPE_ALLOW : 0)
            | (events.allowed() ? EVENTS_ALLOWED : 0)
            | (events.denied() ? EVENTS_DENIED : 0);
    Words words = new Words(CONFIG).u32(LAYOUT_VERSION).u32(epoch).u32(flags);
    words.u32(5 * SECOND).u32(FRAGMENT_TIMEOUT * SECOND);
    for (int timeout : TIMEOUTS) {
      words.u32(timeout * SECOND);
    }
    return words.bytes();
  }

  /** Whether a flow entry is old enough to be as good as none. */
  static boolean expired(byte[] flow, int now) {
    int timeout = TIMEOUTS[FlowRecord.state(flow).ordinal()] * SECOND;
    return Integer.compareUnsigned(now - FlowRecord.last(flow), timeout) > 0;
  }

  static int number(Mode mode) {
    return switch (mode) {
      case ENFORCE -> 0;
      case AUDIT -> 1;
      case OBSERVE -> 2;
    };
  }

  /** In seconds since boot: one that is long past, or one that no test lives to see. */
  private static int number(Endpoint.End end) {
    return switch (end) {
      case NEVER -> 0;
      case TO_COME -> -1;
      case PAST -> 1;
    };
  }

  /** Two own addresses of each family have room; the further ones are marked in the peers. */
  static byte[] endpoint(Endpoint endpoint) {
    List<Address> four = own(endpoint, Family.V4);
    List<Address> six = own(endpoint, Family.V6);
    boolean more = four.size() > 2 || six.size() > 2;
    Words words = new Words(ENDPOINT).u32(endpoint.subject()).u8(number(endpoint.mode()));
    words.u8(more ? MORE_ADDRESSES : 0).u16(0).u32(number(endpoint.end()));
    two(words, four, Family.V4);
    two(words, six, Family.V6);
    return words.bytes();
  }

  private static void two(Words words, List<Address> own, Family family) {
    for (int i = 0; i < 2; i++) {
      if (i < own.size()) {
        words.address(own.get(i));
      } else {
        words.skip(family.bytes());
      }
    }
  }

  private static List<Address> own(Endpoint endpoint, Family family) {
    return endpoint.own().stream().filter(each -> each.family() == family).toList();
  }

  static int number(PeerClass peerClass) {
    return peerClass.id()
        | switch (peerClass.kind()) {
          case PLAIN -> 0;
          case NODE -> CLASS_NODE;
          case SERVICE -> CLASS_SERVICE;
        };
  }

  static byte[] peer(PeerClass peerClass, int ifindex) {
    return new Words(PEER).u32(number(peerClass)).u32(ifindex).bytes();
  }

  static byte[] cidrKey(Cidr cidr) {
    int size = 4 + cidr.address().family().bytes();
    return new Words(size).u32(cidr.bits()).address(cidr.address()).bytes();
  }

  static byte[] serviceKey(Service.Key key) {
    int size = 4 + key.address().family().bytes();
    return new Words(size).address(key.address()).be16(key.port()).u16(key.protocol()).bytes();
  }

  static byte[] service(Service service) {
    return switch (service) {
      case Service.Alike alike ->
          new Words(SERVICE).u32(number(alike.backends())).u16(alike.targetPort()).u16(0).bytes();
      case Service.Mixed mixed -> new Words(SERVICE).u32(0).u16(0).u16(SERVICE_MIXED).bytes();
    };
  }
}
