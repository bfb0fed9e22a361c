package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.PortVerdict;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.SubjectTable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything the agent tells the datapath, and what it says of one packet. */
final class PolicyBook {
  final Map<Integer, Endpoint> endpoints = new HashMap<>();
  final Map<Address, PeerClass> addresses = new HashMap<>();
  final Map<Cidr, PeerClass> cidrs = new HashMap<>();
  final Map<Service.Key, Service> services = new HashMap<>();
  final Map<Integer, SubjectTable> tables = new HashMap<>();
  Settings settings = Settings.DEFAULT;
  int epoch = 1;

  Optional<Party> party(int line, boolean sends) {
    return Optional.ofNullable(endpoints.get(line)).map(endpoint -> Party.of(endpoint, sends));
  }

  /** When the mode of a line's pod ends by itself. */
  Endpoint.End end(int line) {
    Endpoint endpoint = endpoints.get(line);
    return endpoint == null ? Endpoint.End.NEVER : endpoint.end();
  }

  private PeerClass classOf(Address address) {
    PeerClass exact = addresses.get(address);
    return exact == null ? prefixClass(address) : exact;
  }

  private PeerClass prefixClass(Address address) {
    return cidrs.entrySet().stream()
        .filter(entry -> entry.getKey().contains(address))
        .max(Comparator.comparingInt(entry -> entry.getKey().bits()))
        .map(Map.Entry::getValue)
        .orElse(PeerClass.UNKNOWN);
  }

  /** A service's address for itself: its own class, or else that of the block it lies in. */
  private PeerClass unserved(PeerClass found, Address service) {
    return PeerClass.of(found.id() != 0 ? found.id() : prefixClass(service).id());
  }

  /** What an opener gets. */
  Decision decide(Party party, Opening opening) {
    PeerClass peerClass = classOf(opening.peer());
    int target = opening.port();
    if (peerClass.kind() == PeerClass.Kind.SERVICE) {
      switch (party.arrived() ? null : served(opening)) {
        case Service.Mixed mixed -> {
          return Decision.coded(party, opening.direction(), Code.DEFERRED);
        }
        case Service.Alike alike -> {
          peerClass = alike.backends();
          target = alike.targetPort();
        }
        // Nothing is served there: an address like any other.
        case null -> peerClass = unserved(peerClass, opening.peer());
      }
    }
    Code code = untabled(party, opening, peerClass);
    if (code != null) {
      return Decision.coded(party, opening.direction(), code);
    }
    return Decision.byTable(party, at(intervals(party, opening, peerClass), target));
  }

  /** What a packet gets whose port is not known: its verdict, if every port has the same. */
  Decision decideWithoutPort(Party party, Opening opening) {
    PeerClass found = classOf(opening.peer());
    PeerClass peerClass =
        found.kind() == PeerClass.Kind.SERVICE ? unserved(found, opening.peer()) : found;
    Code code = untabled(party, opening, peerClass);
    if (code != null) {
      return Decision.coded(party, opening.direction(), code);
    }
    List<PortVerdict> intervals = intervals(party, opening, peerClass);
    PortVerdict first = intervals.getFirst();
    boolean alike = intervals.stream().allMatch(each -> each.allow() == first.allow());
    return alike
        ? Decision.byTable(party, first)
        : Decision.coded(party, opening.direction(), Code.FRAGMENT_UNKNOWN);
  }

  /** Why no table is asked, or null. */
  private @Nullable Code untabled(Party party, Opening opening, PeerClass peerClass) {
    if (peerClass.kind() == PeerClass.Kind.NODE) {
      return Code.NODE;
    }
    if (party.isAlone(opening)) {
      return Code.SELF;
    }
    return tables.containsKey(party.subject()) ? null : Code.NO_TABLE;
  }

  private List<PortVerdict> intervals(Party party, Opening opening, PeerClass peerClass) {
    SubjectTable table = tables.get(party.subject());
    if (table == null) {
      throw new IllegalStateException("no table of subject " + party.subject());
    }
    return table
        .row(peerClass.id())
        .intervals(opening.direction(), Protocol.group(opening.protocol()));
  }

  /** Only a pod's own openers go to a service; nothing comes from one but answers. */
  private @Nullable Service served(Opening opening) {
    return opening.direction() == Direction.EGRESS
        ? services.get(new Service.Key(opening.peer(), opening.port(), opening.protocol()))
        : null;
  }

  private static PortVerdict at(List<PortVerdict> intervals, int port) {
    PortVerdict found = intervals.getFirst();
    for (PortVerdict each : intervals) {
      if (each.start() <= port) {
        found = each;
      }
    }
    return found;
  }
}
