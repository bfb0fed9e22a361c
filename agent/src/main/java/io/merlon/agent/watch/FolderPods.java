package io.merlon.agent.watch;

import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.Phase;
import io.merlon.agent.watch.Manifest.OfPod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Runs the pods of a folder: each on a node, with addresses, Running unless it says otherwise. */
final class FolderPods {
  private final Sharing sharing;
  private final FolderNodes nodes;

  FolderPods(Sharing sharing, FolderNodes nodes) {
    this.sharing = sharing;
    this.nodes = nodes;
  }

  /** A pod as it runs, and where it was written. */
  record Running(Pod pod, Origin origin) {}

  List<Running> run(Iterable<OfPod> manifests) {
    var pods = new TreeMap<String, Running>();
    var lacking = new TreeSet<String>();
    var taken = new HashSet<String>();
    for (OfPod manifest : manifests) {
      Pod pod = manifest.draft().pod(sharing, Phase.RUNNING);
      String key = pod.namespace() + "/" + pod.name();
      pods.put(key, new Running(pod, manifest.origin()));
      taken.addAll(pod.ips());
      if (pod.ips().isEmpty() && !pod.hostNetwork()) {
        lacking.add(key);
      }
    }
    Map<String, AddressPlan.Pair> assigned = AddressPlan.PODS.assign(lacking, taken);
    var running = new ArrayList<Running>();
    pods.forEach(
        (key, read) -> running.add(new Running(run(read.pod(), assigned.get(key)), read.origin())));
    return running;
  }

  private Pod run(Pod pod, AddressPlan.@Nullable Pair pair) {
    Node node = nodes.of(pod.node());
    List<String> ips = pod.ips();
    if (pair != null) {
      ips = pair.both();
    } else if (ips.isEmpty() && node != null) {
      ips = node.addresses();
    }
    return new Pod(
        pod.namespace(),
        pod.name(),
        pod.uid(),
        pod.labels(),
        pod.annotations(),
        pod.serviceAccount(),
        node == null ? null : node.name(),
        pod.hostNetwork(),
        pod.phase(),
        ips,
        pod.ports(),
        pod.owner(),
        pod.terminating());
  }
}
