package io.merlon.it;

import io.merlon.datapath.TableImage;
import io.merlon.datapath.TableImage.Interval;
import io.merlon.datapath.TableImage.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod may do, small enough to be written by hand: per direction everything, or what is
 * listed.
 *
 * @param ingress null if not isolated
 * @param egress null if not isolated
 */
record PodPolicy(@Nullable List<Allow> ingress, @Nullable List<Allow> egress) {
  /** The decisions of its table. */
  static final int DENIED_IN = 0;

  static final int ALLOWED_IN = 1;
  static final int DENIED_OUT = 2;
  static final int ALLOWED_OUT = 3;
  static final int DECISIONS = 4;

  /** A peer that stands for all. */
  static final int ANYBODY = -1;

  enum Kind {
    TCP,
    UDP,
    EVERY_PROTOCOL
  }

  /** Peers of one class, one port, or every protocol. */
  record Allow(Kind kind, int peerClass, int port) {
    static Allow tcp(int peerClass, int port) {
      return new Allow(Kind.TCP, peerClass, port);
    }

    static Allow udp(int peerClass, int port) {
      return new Allow(Kind.UDP, peerClass, port);
    }

    static Allow everything(int peerClass) {
      return new Allow(Kind.EVERY_PROTOCOL, peerClass, 0);
    }
  }

  static PodPolicy open() {
    return new PodPolicy(null, null);
  }

  static PodPolicy closed() {
    return open().onlyFrom().onlyTo();
  }

  PodPolicy onlyFrom(Allow... allowed) {
    return new PodPolicy(List.of(allowed), egress);
  }

  PodPolicy onlyTo(Allow... allowed) {
    return new PodPolicy(ingress, List.of(allowed));
  }

  /** Its table, for peers of classes below {@code classes}. */
  long[] table(int classes) {
    return TableImage.encode(
        rows(ingress, classes, DENIED_IN), rows(egress, classes, DENIED_OUT), DECISIONS);
  }

  private static List<Row> rows(@Nullable List<Allow> allowed, int classes, int denied) {
    return IntStream.range(0, classes).mapToObj(c -> row(allowed, c, denied)).toList();
  }

  private static Row row(@Nullable List<Allow> allowed, int peerClass, int denied) {
    if (allowed == null) {
      return Row.all(true, denied + 1);
    }
    List<Allow> here =
        allowed.stream().filter(a -> a.peerClass == ANYBODY || a.peerClass == peerClass).toList();
    if (here.stream().anyMatch(a -> a.kind == Kind.EVERY_PROTOCOL)) {
      return Row.all(true, denied + 1);
    }
    List<Interval> nothing = List.of(new Interval(0, false, denied));
    return new Row(ports(here, Kind.TCP, denied), ports(here, Kind.UDP, denied), nothing, nothing);
  }

  private static List<Interval> ports(List<Allow> allowed, Kind kind, int denied) {
    List<Interval> intervals = new ArrayList<>(List.of(new Interval(0, false, denied)));
    allowed.stream()
        .filter(a -> a.kind == kind)
        .mapToInt(Allow::port)
        .sorted()
        .distinct()
        .forEach(port -> {
          if (intervals.getLast().firstPort() == port) {
            intervals.removeLast();
          }
          intervals.add(new Interval(port, true, denied + 1));
          intervals.add(new Interval(port + 1, false, denied));
        });
    return intervals;
  }
}
