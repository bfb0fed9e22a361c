package io.merlon.agent.interfaces;

import io.merlon.netlink.NetlinkException;
import io.merlon.netlink.RouteMessage;
import io.merlon.netlink.RouteSocket;
import io.merlon.netlink.RouteSocket.Reception;
import io.merlon.netlink.RouteSocket.Subject;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of the node's links and host routes: first all there are, then what changes, as the kernel
 * says it. Nothing is polled. If the kernel had more to say than was read in time, everything is
 * asked for anew and the differences are told.
 *
 * <p>The sink is called on a thread of this class's own and must only enqueue.
 */
public final class LinkWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
  private static final int EBUSY = 16;

  private final RouteSocket socket;
  private final Consumer<? super LinkEvent> sink;
  private final LinkTable table;
  private final Thread thread;
  private final AtomicLong overruns = new AtomicLong();
  private Subject asked = Subject.LINKS;
  private int request;
  private boolean overrun;
  private boolean incomplete;

  private LinkWatch(RouteSocket socket, Consumer<? super LinkEvent> sink) {
    this.socket = socket;
    this.sink = sink;
    this.table = new LinkTable(sink);
    this.thread = Thread.ofPlatform().daemon().name("link-watch").unstarted(this::run);
  }

  /** Watches the network namespace of the calling thread. */
  public static LinkWatch start(Consumer<? super LinkEvent> sink) {
    return start(sink, RouteSocket.RECEIVE_BUFFER);
  }

  static LinkWatch start(Consumer<? super LinkEvent> sink, int receiveBuffer) {
    LinkWatch watch = new LinkWatch(RouteSocket.open(receiveBuffer), sink);
    watch.thread.start();
    return watch;
  }

  /** How often the kernel had more to say than was read in time. */
  public long overruns() {
    return overruns.get();
  }

  private void run() {
    try {
      askAnew();
      while (true) {
        switch (socket.receive(this::accept)) {
          case Reception.WOKEN -> {
            return;
          }
          case Reception.OVERRUN -> {
            overruns.incrementAndGet();
            overrun = true;
          }
          case Reception.MESSAGES -> {}
        }
        if (overrun && request == 0) {
          askAnew();
        }
      }
    } catch (NetlinkException failure) {
      LOG.atError().addKeyValue("error", failure.getMessage()).log("links are no longer watched");
      sink.accept(new LinkEvent.Ended(failure.getMessage()));
    }
  }

  private void askAnew() {
    overrun = false;
    incomplete = false;
    table.beginAnew();
    ask(Subject.LINKS);
  }

  private void ask(Subject subject) {
    asked = subject;
    request = socket.request(subject);
  }

  private void accept(RouteMessage message) {
    switch (message) {
      case RouteMessage.End end when end.request() == request -> ended(end.interrupted());
      case RouteMessage.Refused refused when refused.request() == request -> {
        if (refused.errno() != EBUSY) {
          LOG.atWarn().addKeyValue("errno", refused.errno()).log("links could not be listed");
        }
        ended(true);
      }
      default -> table.accept(message);
    }
  }

  /** One list after the other: a socket has room for one. */
  private void ended(boolean interrupted) {
    incomplete |= interrupted;
    switch (asked) {
      case LINKS -> ask(Subject.ROUTES4);
      case ROUTES4 -> ask(Subject.ROUTES6);
      case ROUTES6 -> {
        request = 0;
        if (incomplete || overrun) {
          askAnew();
        } else {
          table.endAnew();
        }
      }
    }
  }

  @Override
  public void close() {
    socket.wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // it may still be reading: the descriptors stay open rather than be another's
    }
    socket.close();
  }
}
