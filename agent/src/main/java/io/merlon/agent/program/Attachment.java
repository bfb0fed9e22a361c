package io.merlon.agent.program;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.Feature;
import io.merlon.bpf.Support;
import io.merlon.bpf.TcxLink;

/**
 * A program on one side of an interface, by the best hook the kernel has. Closing takes it off. The
 * same program serves both hooks.
 */
public sealed interface Attachment extends AutoCloseable {
  @Override
  void close();

  /** Attaches by tcx where the kernel knows it (6.6), else by a clsact filter. */
  static Attachment attach(BpfProgram program, int ifindex, Direction direction) {
    if (Feature.TCX.support() == Support.SUPPORTED) {
      return new ByTcx(TcxLink.attach(program, ifindex, direction));
    }
    return byClsact(program, ifindex, direction);
  }

  static Attachment byClsact(BpfProgram program, int ifindex, Direction direction) {
    ClsactFilter.createQdisc(ifindex);
    ClsactFilter filter = new ClsactFilter(ifindex, direction, ByClsact.PRIORITY, 1);
    filter.attach(program);
    return new ByClsact(filter);
  }

  /** A tcx link; the kernel detaches it when its last holder is gone. */
  record ByTcx(TcxLink link) implements Attachment {
    @Override
    public void close() {
      link.detach();
      link.close();
    }
  }

  /** A clsact filter; it stays until it is removed. The qdisc stays: others may use it too. */
  record ByClsact(ClsactFilter filter) implements Attachment {
    /** "MR": far from the numbers people choose by hand. */
    static final int PRIORITY = 0x4d52;

    @Override
    public void close() {
      filter.detach();
    }
  }
}
