package io.merlon.agent.loop;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.PodRef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when a pod's packets are treated by another mode than before, and who changed that.
 *
 * @param changes among which the reason is
 */
record ModeLog(List<ClusterEvent> changes) {
  private static final Logger LOG = LoggerFactory.getLogger(ModeLog.class);

  /**
   * Why a mode changed.
   *
   * @param object the one with the annotation
   * @param by whom, as far as the cluster tells
   */
  record Cause(String object, String by) {
    static final Cause UNKNOWN = new Cause("unknown", "unknown");
  }

  void tell(@Nullable LocalPod was, @Nullable LocalPod is) {
    if (was != null && is != null && was.mode() != is.mode()) {
      Cause cause = cause(is.pod());
      LOG.atInfo()
          .addKeyValue("pod", is.pod())
          .addKeyValue("from", was.mode())
          .addKeyValue("to", is.mode())
          .addKeyValue("object", cause.object())
          .addKeyValue("by", cause.by())
          .log("the mode changed");
    }
  }

  /** The pod's own annotation goes before its namespace's. */
  Cause cause(PodRef pod) {
    Cause cause = Cause.UNKNOWN;
    for (ClusterEvent change : changes) {
      switch (change) {
        case ClusterEvent.PutPod(var put)
            when put.namespace().equals(pod.namespace()) && put.name().equals(pod.name()) -> {
          return new Cause("Pod " + pod, setter(put.annotations()));
        }
        case ClusterEvent.PutNamespace(var put) when put.name().equals(pod.namespace()) ->
            cause = new Cause("Namespace " + put.name(), setter(put.annotations()));
        default -> {}
      }
    }
    return cause;
  }

  private static String setter(Map<String, String> annotations) {
    if (!annotations.containsKey(Annotations.MODE)) {
      return "unknown, who removed the annotation";
    }
    return annotations.getOrDefault(Annotations.MODE_SET_BY, "unknown");
  }
}
