package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.SubjectTable;
import java.util.List;
import java.util.Map;

/** The datapath in plain Java: same rules, same interface, no kernel. */
public class DatapathModel implements PacketTarget {
  private PolicyBook book = new PolicyBook();
  private Memory memory = new Memory();
  private Tally tally = new Tally();
  private Journal journal = new Journal();
  private Judge judge = new Judge(book, memory, journal);

  @Override
  public void reset() {
    book = new PolicyBook();
    memory = new Memory();
    tally = new Tally();
    journal = new Journal();
    judge = new Judge(book, memory, journal);
  }

  @Override
  public void configure(Settings settings) {
    book.settings = settings;
  }

  @Override
  public void endpoint(int line, Endpoint endpoint) {
    book.endpoints.put(line, endpoint);
  }

  @Override
  public void removeEndpoint(int line) {
    book.endpoints.remove(line);
    bumpEpoch();
  }

  @Override
  public void table(int subject, SubjectTable table) {
    book.tables.put(subject, table);
  }

  @Override
  public void removeTable(int subject) {
    book.tables.remove(subject);
  }

  @Override
  public void address(Address address, PeerClass peerClass) {
    book.addresses.put(address, peerClass);
  }

  @Override
  public void removeAddress(Address address) {
    book.addresses.remove(address);
  }

  @Override
  public void cidr(Cidr cidr, PeerClass peerClass) {
    book.cidrs.put(cidr, peerClass);
  }

  @Override
  public void removeCidr(Cidr cidr) {
    book.cidrs.remove(cidr);
  }

  @Override
  public void service(Service.Key key, Service service) {
    book.services.put(key, service);
  }

  @Override
  public void removeService(Service.Key key) {
    book.services.remove(key);
  }

  @Override
  public void bumpEpoch() {
    book.epoch++;
  }

  @Override
  public void elapse(int seconds) {
    memory.elapse(seconds);
  }

  @Override
  public Fate fate(Hook hook, int line, Frame frame) {
    return judge(hook, line, frame).fate(hook);
  }

  /** Sends it, and says more than whether it passed. */
  public String explain(Hook hook, int line, Frame frame) {
    return judge(hook, line, frame) + " of " + Parser.parse(frame);
  }

  private Judgement judge(Hook hook, int line, Frame frame) {
    Judgement judgement = judge.judge(hook, line, frame);
    tally.count(judgement, frame);
    return judgement;
  }

  @Override
  public Map<CounterKey, Count> counters() {
    return tally.counts();
  }

  @Override
  public long stat(Stat stat) {
    return tally.stat(stat);
  }

  @Override
  public Map<FlowKey, FlowView> flows() {
    return memory.view();
  }

  @Override
  public void events(boolean allowed, boolean denied) {
    journal.select(allowed, denied);
  }

  @Override
  public List<Event> drainEvents() {
    return journal.drain();
  }

  @Override
  public Map<Denial, Long> untold() {
    return journal.untold();
  }

  @Override
  public void close() {
    reset();
  }
}
