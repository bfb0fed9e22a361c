package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.__sk_buff;
import io.merlon.bpf.raw.bpf_test_run_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs one program on packet after packet without allocating: fill {@link #packet}, call {@link
 * #run(int)}, read the results. For one thread at a time; it borrows its program.
 */
public final class TestRunner implements AutoCloseable {
  private final Fd program;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment options = bpf_test_run_opts.allocate(arena);
  private final MemorySegment contextIn = __sk_buff.allocate(arena);
  private final MemorySegment contextOut = __sk_buff.allocate(arena);
  private final int capacity;
  private final ByteBuffer packet;
  private final ByteBuffer data;

  TestRunner(Fd program, int capacity) {
    if (capacity < 0) {
      arena.close();
      throw new IllegalArgumentException("capacity " + capacity);
    }
    this.program = program;
    this.capacity = capacity;
    MemorySegment in = arena.allocate(capacity, 8);
    MemorySegment out = arena.allocate(capacity, 8);
    this.packet = in.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    this.data = out.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    bpf_test_run_opts.sz(options, options.byteSize());
    bpf_test_run_opts.data_in(options, in);
    bpf_test_run_opts.data_out(options, out);
    bpf_test_run_opts.ctx_in(options, contextIn);
    bpf_test_run_opts.ctx_out(options, contextOut);
    bpf_test_run_opts.ctx_size_in(options, (int) contextIn.byteSize());
    bpf_test_run_opts.repeat(options, 1);
  }

  /** Where the packet goes, in network byte order; runs read it from its start. */
  public ByteBuffer packet() {
    return packet;
  }

  /** The context of the following runs. */
  public TestRunner context(SkbContext context) {
    context.write(contextIn);
    return this;
  }

  /** How often each of the following runs repeats. */
  public TestRunner repeat(int times) {
    TestRunOptions.requireRepeat(times);
    bpf_test_run_opts.repeat(options, times);
    return this;
  }

  /** Runs the first bytes of {@link #packet} and gives the program's return value. */
  public int run(int length) {
    if (length < 0 || length > capacity) {
      throw new IllegalArgumentException(
          "a packet of " + length + " bytes in a runner of " + capacity);
    }
    bpf_test_run_opts.data_size_in(options, length);
    bpf_test_run_opts.data_size_out(options, capacity);
    bpf_test_run_opts.ctx_size_out(options, (int) contextOut.byteSize());
    int result = Libbpf.bpf_prog_test_run_opts(program.number(), options);
    if (result < 0) {
      throw new BpfException(
          "bpf_prog_test_run_opts",
          -result,
          program.subject(),
          "a packet of %d bytes, room for %d".formatted(length, capacity),
          "");
    }
    return bpf_test_run_opts.retval(options);
  }

  /** Copies packet and context in, runs, and copies the results out. */
  public TestRun run(TestRunOptions wanted) {
    byte[] bytesIn = wanted.packet();
    if (bytesIn.length <= capacity) {
      packet.clear().put(bytesIn);
    }
    context(wanted.context()).repeat(wanted.repeat());
    int retval = run(bytesIn.length);
    ByteBuffer out = data();
    byte[] bytes = new byte[out.remaining()];
    out.get(bytes);
    return new TestRun(retval, durationNanos(), bytes, contextAfter());
  }

  /** The mean duration of the last run's repetitions. */
  public int durationNanos() {
    return bpf_test_run_opts.duration(options);
  }

  /** The packet after the last run; the next run overwrites it. */
  public ByteBuffer data() {
    return data.clear().limit(bpf_test_run_opts.data_size_out(options));
  }

  /** The context after the last run. */
  public SkbContext contextAfter() {
    return SkbContext.read(contextOut);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
