package io.merlon.datapath.fuzz;

import io.merlon.datapath.fuzz.Step.Change;
import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.ProtocolGroup;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.SubjectTable;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random states of the agent, and random changes between them. */
final class ChangeSource {
  /** Sums of these come no nearer than two seconds below any time-out of the datapath. */
  private static final int[] SPELLS = {7, 7, 14, 28, 56, 63, 182, 7 * 1543};

  private final RandomGenerator random;
  private final Neighbourhood places;

  ChangeSource(RandomGenerator random, Neighbourhood places) {
    this.random = random;
    this.places = places;
  }

  /** Enough to be a node: most of what can be set is set. */
  List<Change> beginning() {
    List<Change> changes = new ArrayList<>();
    changes.add(new Step.Configure(settings()));
    for (int line = 0; line < PacketTarget.LINES; line++) {
      changes.add(putEndpoint(line));
    }
    for (int subject = 1; subject <= PacketTarget.SUBJECTS; subject++) {
      changes.add(new Step.PutTable(subject, table()));
    }
    for (Family family : Family.values()) {
      places.services(family).forEach(vip -> changes.add(serviceAddress(vip)));
      places.peers(family).stream().skip(2).forEach(peer -> changes.add(putAddress(peer)));
    }
    for (int i = 0; i < 10; i++) {
      changes.add(putService());
      changes.add(new Step.PutCidr(places.cidr(), peerClass()));
    }
    return changes;
  }

  Change next() {
    return switch (random.nextInt(24)) {
      case 0 -> new Step.Configure(settings());
      case 1, 2, 3 -> putEndpoint(random.nextInt(PacketTarget.LINES));
      case 4 -> new Step.RemoveEndpoint(random.nextInt(PacketTarget.LINES));
      case 5, 6, 7 -> new Step.PutTable(subject(), table());
      case 8 -> new Step.RemoveTable(subject());
      case 9 -> putAddress(places.any(places.peers(places.family())));
      case 10 -> putAddress(places.any(places.pods(places.family())));
      case 11 -> new Step.RemoveAddress(places.any(places.peers(places.family())));
      case 12 -> new Step.PutCidr(places.cidr(), peerClass());
      case 13 -> new Step.RemoveCidr(places.cidr());
      case 14, 15 -> putService();
      case 16 -> new Step.RemoveService(serviceKey());
      case 17, 18 -> new Step.Elapse(SPELLS[random.nextInt(SPELLS.length)]);
      default -> new Step.BumpEpoch();
    };
  }

  private Settings settings() {
    return new Settings(random.nextInt(4) != 0, random.nextBoolean(), random.nextInt(3) == 0);
  }

  private int subject() {
    return 1 + random.nextInt(PacketTarget.SUBJECTS);
  }

  private Step.PutEndpoint putEndpoint(int line) {
    List<Address> own = new ArrayList<>();
    for (Family family : Family.values()) {
      own.add(places.pods(family).get(line));
      if (random.nextInt(3) == 0) {
        own.add(places.pods(family).get(4 + line % 2));
      }
    }
    Mode mode = random.nextInt(2) == 0 ? Mode.ENFORCE : places.any(List.of(Mode.values()));
    Endpoint.End end =
        random.nextInt(2) == 0 ? Endpoint.End.NEVER : places.any(List.of(Endpoint.End.values()));
    return new Step.PutEndpoint(line, new Endpoint(subject(), mode, end, own));
  }

  private Step.PutAddress putAddress(Address address) {
    return new Step.PutAddress(address, peerClass());
  }

  private Step.PutAddress serviceAddress(Address address) {
    return new Step.PutAddress(
        address, PeerClass.service(random.nextInt(Neighbourhood.CLASSES + 1)));
  }

  /** One more than any table has rows for. */
  private PeerClass peerClass() {
    int id = random.nextInt(Neighbourhood.CLASSES + 1);
    return random.nextInt(12) == 0 ? PeerClass.node(id) : PeerClass.of(id);
  }

  private Service.Key serviceKey() {
    int[] protocols = {6, 17, 132};
    return new Service.Key(
        places.any(places.services(places.family())),
        // No service is served on port 0.
        Math.max(1, places.port()),
        protocols[random.nextInt(protocols.length)]);
  }

  private Step.PutService putService() {
    Service service =
        random.nextInt(4) == 0
            ? new Service.Mixed()
            : new Service.Alike(peerClass(), places.port());
    return new Step.PutService(serviceKey(), service);
  }

  private SubjectTable table() {
    int classes = 1 + random.nextInt(Neighbourhood.CLASSES);
    TableSketch sketch =
        random.nextBoolean() ? TableSketch.isolated(classes, 0) : TableSketch.open(classes, 1);
    int decision = 2;
    for (int i = random.nextInt(24); i > 0; i--) {
      int row = random.nextInt(classes);
      Direction direction = places.any(List.of(Direction.values()));
      ProtocolGroup group = places.any(List.of(ProtocolGroup.values()));
      // Every other protocol has no ports to tell apart.
      Ports ports = group == ProtocolGroup.OTHER ? Ports.ALL : ports();
      if (random.nextInt(6) == 0) {
        sketch.everything(row, direction, random.nextBoolean(), decision++);
      } else if (random.nextInt(3) == 0) {
        Code reason = random.nextInt(4) == 0 ? Code.METADATA_GUARD : Code.POLICY;
        sketch.deny(row, direction, group, ports, reason, decision++);
      } else {
        sketch.allow(row, direction, group, ports, decision++);
      }
    }
    return sketch.table();
  }

  private Ports ports() {
    if (random.nextInt(3) == 0) {
      return Ports.ALL;
    }
    int first = places.port();
    int last = random.nextBoolean() ? first : places.port();
    return new Ports(Math.min(first, last), Math.max(first, last));
  }
}
