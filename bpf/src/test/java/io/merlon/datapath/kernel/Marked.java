package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Codec;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.harness.Hook;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Test runs of packets that carry a mark, by way of a program that sets it: see mark.bpf.c. */
final class Marked implements AutoCloseable {
  private static final String OBJECT = "mark.bpf.o";

  private final BpfObject object = BpfObjectSpec.parse("mark", elf()).load();
  private final TestRunner runner;

  Marked(BpfObject datapath, int capacity) {
    BpfMap<Integer, Integer> programs = object.map("programs", Codec.u32(), Codec.u32());
    for (Hook hook : Hook.values()) {
      programs.put(hook.ordinal(), datapath.program(Runs.program(hook)).fd());
    }
    runner = object.program("mark").testRunner(capacity);
  }

  private static byte[] elf() {
    try (InputStream in = Marked.class.getResourceAsStream(OBJECT)) {
      if (in == null) {
        throw new IllegalStateException(OBJECT + " was not built");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int run(Hook hook, SkbContext context, byte[] frame, int mark) {
    runner.packet().clear().put(frame);
    runner.context(context.withMark(mark).withCb(List.of(hook.ordinal(), 0, 0, 0, 0)));
    return runner.run(frame.length);
  }

  /** The program that does so with what leaves an interface. */
  BpfProgram wire() {
    return object.program("wire");
  }

  @Override
  public void close() {
    runner.close();
    object.close();
  }
}
