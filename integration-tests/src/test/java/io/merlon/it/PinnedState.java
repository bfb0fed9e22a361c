package io.merlon.it;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.OwnedMap;
import io.merlon.bpf.PerCpu;
import io.merlon.datapath.Counter;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Slots;
import io.merlon.datapath.Stat;
import io.merlon.datapath.Subject;
import io.merlon.datapath.TableImage;
import io.merlon.datapath.TableImage.Content;
import io.merlon.datapath.TableImage.Interval;
import io.merlon.datapath.TableImage.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The maps an agent has pinned, read by somebody who was told nothing else. */
final class PinnedState implements AutoCloseable {
  private final List<OwnedMap<?, ?>> open = new ArrayList<>();
  private final BpfMap<Integer, Endpoint> endpoints;
  private final BpfMap<Integer, Subject> subjects;
  private final BpfMap<Integer, Long> tables;
  private final BpfMap<Integer, Counter> counters;
  private final BpfMap<Integer, Long> stats;
  private final BpfMap<FlowKey, Flow> flows4;
  private final BpfMap<FlowKey, Flow> flows6;

  PinnedState(Path root) {
    Path maps = root.resolve("current");
    this.endpoints = open(maps.resolve("endpoints"), Codec.u32(), Endpoint.CODEC);
    this.subjects = open(maps.resolve("subjects"), Codec.u32(), Subject.CODEC);
    this.tables = open(maps.resolve("tables"), Codec.u32(), Codec.u64());
    this.counters =
        open(
            maps.resolve("counters"),
            Codec.u32(),
            PerCpu.fold(Counter.CODEC, Counter.ZERO, Counter::plus));
    this.stats = open(maps.resolve("stats"), Codec.u32(), PerCpu.fold(Codec.u64(), 0L, Long::sum));
    this.flows4 = open(maps.resolve("flows4"), FlowKey.V4, Flow.CODEC);
    this.flows6 = open(maps.resolve("flows6"), FlowKey.V6, Flow.CODEC);
  }

  private <K, V> BpfMap<K, V> open(Path pin, Codec<K> keys, Codec<V> values) {
    OwnedMap<K, V> map = BpfMap.openPinned(pin, keys, values);
    open.add(map);
    return map;
  }

  /** Packets that policy denied at a pod's interface, and that were dropped for it. */
  long denied(Pod pod) {
    return decided(pod, false);
  }

  /** Packets that policy allowed at a pod's interface. */
  long allowed(Pod pod) {
    return decided(pod, true);
  }

  private long decided(Pod pod, boolean allow) {
    Subject subject = subject(pod);
    Content table = table(subject.table());
    Set<Integer> allowing = allowing(table);
    long packets = 0;
    for (int decision = 0; decision < table.decisions(); decision++) {
      if (allowing.contains(decision) == allow) {
        packets += count(subject, Slots.decision(decision, Mode.ENFORCE));
      }
    }
    return packets;
  }

  /** Packets dropped at a pod's interface for what they are. */
  long refused(Pod pod, DropReason reason) {
    Subject subject = subject(pod);
    return count(subject, Slots.code(Mode.ENFORCE, true, reason.code()))
        + count(subject, Slots.code(Mode.ENFORCE, false, reason.code()));
  }

  /** Packets dropped at a pod's interface, for whatever reason. */
  long dropped(Pod pod) {
    return denied(pod) + Stream.of(DropReason.values()).mapToLong(r -> refused(pod, r)).sum();
  }

  private long count(Subject subject, int slot) {
    return counters.get(subject.slots() + slot).orElse(Counter.ZERO).packets();
  }

  private Subject subject(Pod pod) {
    int number = endpoints.get(pod.ifindex()).orElseThrow().subject();
    return subjects.get(number).orElseThrow();
  }

  private Content table(int at) {
    int length = TableImage.length(word(at), word(at + 1));
    long[] words = new long[length];
    for (int i = 0; i < length; i++) {
      words[i] = word(at + i);
    }
    return TableImage.decode(words);
  }

  private long word(int at) {
    return tables.get(at).orElseThrow();
  }

  private static Set<Integer> allowing(Content table) {
    Set<Integer> decisions = new TreeSet<>();
    for (Row row : Stream.concat(table.ingress().stream(), table.egress().stream()).toList()) {
      Stream.of(row.tcp(), row.udp(), row.sctp(), row.other())
          .flatMap(List::stream)
          .filter(Interval::allow)
          .forEach(interval -> decisions.add(interval.decision()));
    }
    return decisions;
  }

  /** The flows remembered at a pod's interface. */
  List<FlowKey> flows(Pod pod, boolean six) {
    return (six ? flows6 : flows4)
        .entries().keySet().stream().filter(key -> key.ifindex() == pod.ifindex()).toList();
  }

  long stat(Stat stat) {
    return stats.get(stat.code()).orElse(0L);
  }

  /** The interfaces that have an endpoint. */
  Set<Integer> interfaces() {
    return endpoints.entries().keySet();
  }

  @Override
  public void close() {
    open.forEach(OwnedMap::close);
  }
}
