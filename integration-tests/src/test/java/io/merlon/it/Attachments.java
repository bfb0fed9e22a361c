package io.merlon.it;

import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import io.merlon.it.Attachment.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A datapath's programs at a node's interfaces, all attached in the same way. */
final class Attachments implements AutoCloseable {
  private final Attachment.Kind kind;
  private final NetworkNamespace node;
  private final Datapath datapath;
  private final Map<Hook, List<Attachment>> attached = new LinkedHashMap<>();
  private final Set<Integer> interfaces = new LinkedHashSet<>();

  Attachments(Attachment.Kind kind, NetworkNamespace node, Datapath datapath) {
    this.kind = kind;
    this.node = node;
    this.datapath = datapath;
  }

  void attach(Pod pod) {
    attach(Hook.FROM_POD, pod.ifindex(), Direction.INGRESS);
    attach(Hook.TO_POD, pod.ifindex(), Direction.EGRESS);
  }

  void attachUplink(int ifindex) {
    attach(Hook.UPLINK, ifindex, Direction.EGRESS);
  }

  private void attach(Hook hook, int ifindex, Direction direction) {
    Attachment attachment =
        new Place(node, ifindex, direction).attach(kind, datapath.program(hook));
    attached.computeIfAbsent(hook, h -> new ArrayList<>()).add(attachment);
    interfaces.add(ifindex);
  }

  /** Replaces every program by another object's. */
  void replace(Datapath by) {
    attached.forEach((hook, list) -> list.forEach(a -> a.replace(by.program(hook))));
  }

  /** Takes the programs off, and leaves the qdiscs. */
  void detach() {
    attached.values().forEach(list -> list.forEach(Attachment::close));
    attached.clear();
  }

  @Override
  public void close() {
    detach();
    if (kind == Attachment.Kind.CLSACT) {
      node.run(() -> interfaces.forEach(ClsactFilter::removeQdisc));
    }
  }
}
