package io.merlon.datapath.harness;

import java.util.List;
import java.util.Map;

/**
 * A datapath that packets can be sent through. Interfaces are small numbers ("lines"); whoever
 * implements this finds real ones for them. A new or reset target knows no endpoint, no address and
 * no flow, has {@link Settings#DEFAULT} and epoch 1.
 */
public interface PacketTarget extends AutoCloseable {

  /** How many lines there are, from 0. */
  int LINES = 4;

  /** The line of the node's uplink, behind which there is no pod. */
  int UPLINK_LINE = LINES;

  /** How many subjects there are, from 1. */
  int SUBJECTS = 8;

  /** How many decisions a subject's table may have. */
  int DECISIONS = 64;

  /** Forgets everything. */
  void reset();

  void configure(Settings settings);

  void endpoint(int line, Endpoint endpoint);

  /** Removes the endpoint, and moves the epoch, as the agent does: its flows stay. */
  void removeEndpoint(int line);

  void table(int subject, SubjectTable table);

  /** Takes the subject's table away. */
  void removeTable(int subject);

  void address(Address address, PeerClass peerClass);

  void removeAddress(Address address);

  void cidr(Cidr cidr, PeerClass peerClass);

  void removeCidr(Cidr cidr);

  void service(Service.Key key, Service service);

  void removeService(Service.Key key);

  /** Something narrowed: flows of earlier epochs are judged again. */
  void bumpEpoch();

  /** Lets time pass for flows and fragments. */
  void elapse(int seconds);

  Fate fate(Hook hook, int line, Frame frame);

  /** Whether the frame passed. */
  default boolean send(Hook hook, int line, Frame frame) {
    return fate(hook, line, frame) != Fate.DROPPED;
  }

  /** Everything that was counted and is not zero. */
  Map<CounterKey, Count> counters();

  long stat(Stat stat);

  /** The flows that have not expired. */
  Map<FlowKey, FlowView> flows();

  /** Switches the event stream. */
  void events(boolean allowed, boolean denied);

  /** Events since the last call, in order. */
  List<Event> drainEvents();

  /** Packets whose denial no event has told of yet, while denials are told of. */
  Map<Denial, Long> untold();

  @Override
  void close();
}
