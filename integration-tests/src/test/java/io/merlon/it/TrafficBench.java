package io.merlon.it;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.Hook;
import io.merlon.it.Attachment.Place;
import io.merlon.it.PodPolicy.Allow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What enforcement costs real traffic between two pods of a node, both enforced, as a ratio to no
 * program at all. Arguments: the folder for the programs at the ends, milliseconds of each
 * measurement.
 */
final class TrafficBench implements AutoCloseable {
  private static final int ROUNDS = 9;
  private static final long LOOK_NANOS = 1_000_000;
  private static final Allow[] SERVICES = {
    Allow.tcp(PodPolicy.ANYBODY, 7001),
    Allow.tcp(PodPolicy.ANYBODY, 7003),
    Allow.udp(PodPolicy.ANYBODY, 7002),
    Allow.udp(PodPolicy.ANYBODY, 7004)
  };

  private final EnforcedNode node = new EnforcedNode(Attachment.Kind.TCX);
  private final Pod client = node.pod("client", PodPolicy.closed().onlyTo(SERVICES));
  private final Pod server = node.pod("server", PodPolicy.closed().onlyFrom(SERVICES));
  private final List<Attachment> attached = new ArrayList<>();
  private final TrafficReport report = new TrafficReport();
  private final BpfObject others;
  private final String program;
  private final String milliseconds;
  private final Process serving;
  private final Thread reader = Thread.ofPlatform().daemon().start(this::readEvents);

  private TrafficBench(String program, String milliseconds) throws IOException {
    this.program = program;
    this.milliseconds = milliseconds;
    others = OthersProgram.load();
    node.detach();
    for (Pod pod : List.of(client, server)) {
      pod.namespace().configure("link set eth0 gso_max_segs 1");
    }
    String address = server.v4().getHostAddress();
    serving =
        new ProcessBuilder(
                "ip", "netns", "exec", server.namespace().name(), program, "serve", address)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
  }

  private void readEvents() {
    try (RingBuffer events = node.datapath().events()) {
      while (!Thread.currentThread().isInterrupted()) {
        events.poll(event -> {}, Integer.MAX_VALUE);
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  private @Nullable BpfProgram program(TrafficWay way, Hook hook) {
    return switch (way) {
      case NONE -> null;
      case EMPTY_TCX -> others.program("silent");
      case TCX, CLSACT -> node.datapath().program(hook);
    };
  }

  private void attach(TrafficWay way) {
    Attachment.Kind kind = way == TrafficWay.CLSACT ? Attachment.Kind.CLSACT : Attachment.Kind.TCX;
    for (Pod pod : List.of(client, server)) {
      BpfProgram from = program(way, Hook.FROM_POD);
      BpfProgram to = program(way, Hook.TO_POD);
      if (from != null && to != null) {
        attached.add(place(pod, Direction.INGRESS).attach(kind, from));
        attached.add(place(pod, Direction.EGRESS).attach(kind, to));
      }
    }
  }

  private Place place(Pod pod, Direction direction) {
    return new Place(node.namespace(), pod.ifindex(), direction);
  }

  private void detach(TrafficWay way) {
    attached.forEach(Attachment::close);
    attached.clear();
    if (way == TrafficWay.CLSACT) {
      node.namespace()
          .run(() -> {
            ClsactFilter.removeQdisc(client.ifindex());
            ClsactFilter.removeQdisc(server.ifindex());
          });
    }
  }

  private double measure(TrafficKind kind) {
    String address = server.v4().getHostAddress();
    String name = kind.name().toLowerCase(Locale.ROOT);
    return Double.parseDouble(
        client.namespace().execute(program, name, address, milliseconds).strip());
  }

  private void round(boolean counts) {
    for (TrafficKind kind : TrafficKind.values()) {
      for (TrafficWay way : TrafficWay.values()) {
        attach(way);
        double rate = measure(kind);
        detach(way);
        if (counts) {
          report.add(kind, way, rate);
        }
      }
    }
  }

  private void run() {
    round(false);
    for (int i = 0; i < ROUNDS; i++) {
      round(true);
    }
    if (node.denials() > 0) {
      throw new IllegalStateException(node.denials() + " packets were denied");
    }
    report.print();
  }

  @Override
  public void close() {
    serving.destroy();
    reader.interrupt();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    others.close();
    node.close();
  }

  /** The program at the ends is to be there already. */
  public static void main(String[] arguments) throws IOException {
    try (TrafficBench bench = new TrafficBench(arguments[0], arguments[1])) {
      bench.run();
    }
  }
}
