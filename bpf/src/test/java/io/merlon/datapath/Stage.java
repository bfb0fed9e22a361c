package io.merlon.datapath;

import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.kernel.KernelTarget;
import io.merlon.datapath.model.DatapathModel;

/** What a story is played on. */
enum Stage {
  /** The plain Java model: shows that story and model mean the same rules. */
  MODEL {
    @Override
    PacketTarget target() {
      return new DatapathModel();
    }
  },

  /** The programs in the kernel, loaded once for all stories. */
  KERNEL {
    @Override
    PacketTarget target() {
      return Kernel.TARGET;
    }
  };

  abstract PacketTarget target();

  private static final class Kernel {
    static final KernelTarget TARGET = load();

    private static KernelTarget load() {
      KernelTarget target = new KernelTarget(Datapath.spec());
      Runtime.getRuntime().addShutdownHook(new Thread(target::close, "unload"));
      return target;
    }
  }
}
