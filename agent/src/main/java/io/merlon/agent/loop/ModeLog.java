package io.merlon.agent.loop;

import io.merlon.agent.compile.LocalPod;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when a pod's packets are treated by another mode than before. */
final class ModeLog {
  private static final Logger LOG = LoggerFactory.getLogger(ModeLog.class);

  private ModeLog() {}

  static void tell(@Nullable LocalPod was, @Nullable LocalPod is) {
    if (was != null && is != null && was.mode() != is.mode()) {
      LOG.atInfo()
          .addKeyValue("pod", is.pod())
          .addKeyValue("from", was.mode())
          .addKeyValue("to", is.mode())
          .log("the mode changed");
    }
  }
}
