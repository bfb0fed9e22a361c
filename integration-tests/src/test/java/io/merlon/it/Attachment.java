package io.merlon.it;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.TcxLink;

/** A program at an interface of a namespace, by either of the kernel's two ways. */
sealed interface Attachment extends AutoCloseable {
  /** Which way. */
  enum Kind {
    TCX,
    CLSACT
  }

  /** Puts another program in its place, in one step. */
  void replace(BpfProgram program);

  @Override
  void close();

  /** Where a program is wanted. */
  record Place(NetworkNamespace namespace, int ifindex, Direction direction) {
    Attachment attach(Kind kind, BpfProgram program) {
      return namespace.call(() ->
          switch (kind) {
            case TCX -> new Tcx(TcxLink.attach(program, ifindex, direction));
            case CLSACT -> Clsact.attach(this, 1, program);
          });
    }
  }

  record Tcx(TcxLink link) implements Attachment {
    @Override
    public void replace(BpfProgram program) {
      link.update(program);
    }

    @Override
    public void close() {
      link.close();
    }
  }

  record Clsact(NetworkNamespace namespace, ClsactFilter filter) implements Attachment {
    /** Attaches behind the filters of lower priorities; creates the qdisc if it is missing. */
    static Clsact attach(Place place, int priority, BpfProgram program) {
      ClsactFilter.createQdisc(place.ifindex);
      ClsactFilter filter = new ClsactFilter(place.ifindex, place.direction, priority, 1);
      filter.attachNew(program);
      return new Clsact(place.namespace, filter);
    }

    @Override
    public void replace(BpfProgram program) {
      namespace.run(() -> filter.attach(program));
    }

    @Override
    public void close() {
      namespace.run(filter::detach);
    }
  }
}
