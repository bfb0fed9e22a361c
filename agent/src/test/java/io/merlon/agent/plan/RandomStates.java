package io.merlon.agent.plan;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * States that no compiler would make one after the other: few of everything, so that everything
 * meets everything, and whatever can change may change at once.
 */
final class RandomStates {
  static final int CLASSES = 6;
  static final int SUBJECTS = 4;
  private static final List<Address> ADDRESSES =
      Stream.of("10.0.0.1", "10.0.0.4", "10.0.0.5", "10.1.0.1", "192.168.0.1", "fd00::4", "fd00::5")
          .map(Address::of)
          .toList();
  private static final List<Cidr> PREFIXES =
      Stream.of(
              "0.0.0.0/0",
              "10.0.0.0/8",
              "10.0.0.0/24",
              "10.0.0.0/29",
              "10.0.0.4/30",
              "10.0.0.5/32",
              "::/0",
              "fd00::/16",
              "fd00::4/126")
          .map(Cidr::of)
          .toList();
  private static final List<ServiceKey> SERVICES =
      List.of(
          new ServiceKey(Address.of("172.20.0.1"), Protocol.TCP, 80),
          new ServiceKey(Address.of("172.20.0.1"), Protocol.UDP, 53),
          new ServiceKey(Address.of("10.0.0.6"), Protocol.TCP, 443),
          new ServiceKey(Address.of("10.0.0.5"), Protocol.TCP, 80),
          new ServiceKey(Address.of("fd00::9"), Protocol.SCTP, 80));

  private final Random random;
  private final List<Row> rows = new ArrayList<>();
  private final Upheaval upheaval;
  private StateSketch state = new StateSketch();

  RandomStates(Random random) {
    this.random = random;
    this.upheaval = new Upheaval(random, rows);
    for (int i = 0; i < 7; i++) {
      rows.add(row());
    }
    fill();
  }

  /** The next state: most often this one with some changes, at times another. */
  DesiredState next() {
    if (random.nextInt(12) == 0) {
      state = new StateSketch();
      fill();
    } else {
      state = state.copy();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        change();
      }
    }
    return state.build();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private Row row() {
    Row.Builder builder = new Row.Builder();
    for (Protocol protocol : Protocol.values()) {
      List<Row.Interval> intervals = new ArrayList<>();
      intervals.add(new Row.Interval(0, decision()));
      if (protocol.hasPorts() && random.nextInt(3) > 0) {
        intervals.add(new Row.Interval(80, decision()));
        intervals.add(new Row.Interval(81 + random.nextInt(400), decision()));
      }
      builder.set(protocol, intervals);
    }
    return builder.build();
  }

  private Decision decision() {
    int cookie = 10 + random.nextInt(4);
    return Decision.unknown(cookie % 2 == 0 ? Verdict.ALLOW : Verdict.DENY, cookie);
  }

  private void fill() {
    for (int subject = 0; subject < SUBJECTS; subject++) {
      if (random.nextInt(3) > 0 || subject == 0) {
        putTable(subject);
      }
    }
    for (int pod = 0; pod < 4; pod++) {
      putEndpoint(pod);
    }
    ADDRESSES.forEach(this::putAddress);
    PREFIXES.forEach(this::putPrefix);
    SERVICES.forEach(this::putService);
  }

  private void putTable(int subject) {
    Map<Direction, List<Row>> table = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      table.put(
          direction,
          new ArrayList<>(IntStream.range(0, CLASSES).mapToObj(i -> pick(rows)).toList()));
    }
    state.tables.put(subject, table);
  }

  private void putEndpoint(int number) {
    PodRef pod = new PodRef("a", "pod-" + number);
    if (random.nextInt(5) == 0) {
      state.endpoints.remove(pod);
      return;
    }
    List<Address> own = random.nextBoolean() ? List.of(ADDRESSES.get(number)) : List.of();
    Mode mode = random.nextInt(3) == 0 ? pick(List.of(Mode.values())) : Mode.ENFORCE;
    state.putEndpoint(pod, pick(List.copyOf(state.tables.keySet())), mode, own);
  }

  private int peerClass() {
    return random.nextInt(CLASSES);
  }

  private void putAddress(Address address) {
    state.exact.remove(address);
    if (random.nextInt(3) > 0) {
      state.exact.put(address, peerClass());
    }
  }

  private void putPrefix(Cidr prefix) {
    state.prefixes.remove(prefix);
    if (random.nextInt(3) > 0) {
      int any = peerClass();
      state.prefixes.put(prefix, any == PeerClass.OWN_NODE ? PeerClass.ANY : any);
    }
  }

  private void putService(ServiceKey key) {
    state.services.remove(key);
    if (random.nextInt(3) > 0) {
      state.services.put(
          key,
          random.nextInt(3) == 0
              ? new ServiceTarget.Mixed()
              : new ServiceTarget.Uniform(peerClass(), pick(List.of(80, 443, 8080))));
    }
  }

  private void change() {
    switch (random.nextInt(11)) {
      case 0 -> upheaval.renumberClasses(state);
      case 1 -> upheaval.renumberSubjects(state);
      case 2 -> upheaval.split(state, peerClass(), peerClass());
      case 3 -> upheaval.merge(state, peerClass(), peerClass());
      case 4 -> putTable(random.nextInt(SUBJECTS));
      case 5 -> upheaval.removeSubject(state, random.nextInt(SUBJECTS));
      case 6 -> putEndpoint(random.nextInt(4));
      case 7 -> putAddress(pick(ADDRESSES));
      case 8 -> putPrefix(pick(PREFIXES));
      case 9 -> putService(pick(SERVICES));
      default -> upheaval.changeRow(state, random.nextInt(SUBJECTS), peerClass());
    }
  }
}
