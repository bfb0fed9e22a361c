package io.merlon.bpf.bench;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.EventHandler;
import io.merlon.bpf.RingBuffer;
import io.merlon.bpf.TestRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A ring buffer of 4 MiB, filled with events of 64 bytes before each drain. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Events {
  /** Where the compiled program lies. */
  static final String PROGRAM = "merlon.bench.events";

  private static final int SIZE = 4 << 20;
  private static final int EVENTS = 50_000;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private BpfObject object;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private RingBuffer ring;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private MemorySegment ringOfC;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private TestRunner runner;

  private long sum;
  private final EventHandler handler = event -> sum += event.getLong();

  static BpfObject load(int size) {
    try {
      byte[] elf = Files.readAllBytes(Path.of(System.getProperty(PROGRAM)));
      return BpfObjectSpec.parse("events", elf).mapEntries("events", size).load();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Setup
  public void create() {
    object = load(SIZE);
    ring = RingBuffer.of(object, "events");
    ringOfC = Baseline.ring(object.mapFd("events"));
    runner = object.program("produce").testRunner(64).repeat(EVENTS);
  }

  @Setup(Level.Invocation)
  public void fill() {
    runner.run(64);
  }

  @TearDown
  public void close() {
    Baseline.freeRing(ringOfC);
    ring.close();
    runner.close();
    object.close();
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void drainJava() {
    require(ring.poll(handler, Integer.MAX_VALUE));
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void drainC() {
    require(Baseline.drain(ringOfC));
  }

  private static void require(int events) {
    if (events != EVENTS) {
      throw new IllegalStateException(events + " of " + EVENTS);
    }
  }
}
