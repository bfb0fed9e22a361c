package io.merlon.datapath;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MappedArray;
import io.merlon.bpf.PerCpu;
import io.merlon.bpf.RingBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** The loaded datapath: its programs, and its maps with their types. */
public final class Datapath implements AutoCloseable {
  private static final String OBJECT = "enforce.bpf.o";

  private final BpfObject object;
  private final MappedArray tables;
  private final MappedArray subjects;
  private final BpfMap<Integer, Counter> counters;
  private final BpfMap<Integer, Long> stats;

  private Datapath(BpfObject object) {
    this.object = object;
    this.tables = MappedArray.of(object.map("tables", Codec.u32(), Codec.u64()));
    this.subjects = MappedArray.of(object.map("subjects", Codec.u32(), Subject.CODEC));
    this.counters =
        object.map(
            "counters", Codec.u32(), PerCpu.fold(Counter.CODEC, Counter.ZERO, Counter::plus));
    this.stats = object.map("stats", Codec.u32(), PerCpu.fold(Codec.u64(), 0L, Long::sum));
  }

  /** The object as built, for sizes and pins to be set before it is loaded. */
  public static BpfObjectSpec spec() {
    try (InputStream in = Datapath.class.getResourceAsStream(OBJECT)) {
      if (in == null) {
        throw new IllegalStateException(OBJECT + " is not in this module's jar");
      }
      return BpfObjectSpec.parse("merlon", in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads maps and programs; the caller closes what it gets. */
  public static Datapath load(BpfObjectSpec spec) {
    return new Datapath(spec.loadInParallel());
  }

  public BpfProgram program(Hook hook) {
    return object.program(hook.program());
  }

  public BpfMap<Integer, Config> config() {
    return object.map("config", Codec.u32(), Config.CODEC);
  }

  /** By ifindex. */
  public BpfMap<Integer, Endpoint> endpoints() {
    return object.map("endpoints", Codec.u32(), Endpoint.CODEC);
  }

  public BpfMap<IpAddress, Peer> addresses(boolean v6) {
    return v6
        ? object.map("addresses6", Peer.KEY6, Peer.CODEC)
        : object.map("addresses4", Peer.KEY4, Peer.CODEC);
  }

  public BpfMap<CidrKey, Peer> cidrs(boolean v6) {
    return v6
        ? object.map("cidrs6", CidrKey.V6, Peer.CODEC)
        : object.map("cidrs4", CidrKey.V4, Peer.CODEC);
  }

  public BpfMap<ServiceKey, Service> services(boolean v6) {
    return v6
        ? object.map("services6", ServiceKey.V6, Service.CODEC)
        : object.map("services4", ServiceKey.V4, Service.CODEC);
  }

  public BpfMap<FlowKey, Flow> flows(boolean v6) {
    return v6
        ? object.map("flows6", FlowKey.V6, Flow.CODEC)
        : object.map("flows4", FlowKey.V4, Flow.CODEC);
  }

  public BpfMap<FragmentKey, Fragment> fragments(boolean v6) {
    return v6
        ? object.map("fragments6", FragmentKey.V6, Fragment.CODEC)
        : object.map("fragments4", FragmentKey.V4, Fragment.CODEC);
  }

  /** The arena of verdict tables; its first word is never part of one. */
  public MappedArray tables() {
    return tables;
  }

  /** Points a subject to its table and counters, both at once. */
  public void setSubject(int id, Subject subject) {
    subjects.set(id, subject.word());
  }

  /** The sum over all processors. */
  public Counter counter(int slot) {
    return counters.get(slot).orElse(Counter.ZERO);
  }

  public long stat(Stat stat) {
    return stats.get(stat.code()).orElse(0L);
  }

  /** What all processors remember of denials that owe something. */
  public void denials(Consumer<Denial> visitor) {
    object
        .map("denials", Codec.u32(), PerCpu.list(Codec.bytes(Denial.SIZE)))
        .batch()
        .forEachBytes((_, records) -> {
          for (int at = records.position(); at < records.limit(); at += Denial.SIZE) {
            if (records.getInt(at + Denial.SUPPRESSED) != 0) {
              visitor.accept(Denial.at(records, at));
            }
          }
        });
  }

  /** A new reader of the events; the caller closes it. */
  public RingBuffer events() {
    return RingBuffer.of(object, "events");
  }

  public BpfObject object() {
    return object;
  }

  @Override
  public void close() {
    subjects.close();
    tables.close();
    object.close();
  }
}
