package io.merlon.agent.plan;

import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;

/** One change to the kernel that packets see whole or not at all. */
public sealed interface PlanStep {
  record PutAddress(Address address, int peerClass) implements PlanStep {}

  record DeleteAddress(Address address) implements PlanStep {}

  record PutPrefix(Cidr prefix, int peerClass) implements PlanStep {}

  record DeletePrefix(Cidr prefix) implements PlanStep {}

  record PutService(ServiceKey service, ServiceTarget target) implements PlanStep {}

  record DeleteService(ServiceKey service) implements PlanStep {}

  /** Writes a table where no packet looks yet. */
  record WriteTable(int table, VerdictTable content) implements PlanStep {
    @Override
    public String toString() {
      return "WriteTable[table=" + table + ", rows=" + content.rowCount() + "]";
    }
  }

  /** Lets a subject, new or not, be judged by a table that is written. */
  record SwitchSubject(int subject, int table) implements PlanStep {}

  /** Forgets a subject no endpoint has. */
  record DropSubject(int subject) implements PlanStep {}

  /**
   * Gives up a table no subject has. Packets that began before may still read it: its room is free
   * only when these are through.
   */
  record FreeTable(int table) implements PlanStep {}

  record PutEndpoint(PodRef pod, Endpoint endpoint) implements PlanStep {}

  record DeleteEndpoint(PodRef pod) implements PlanStep {}

  /**
   * Adds one to the epoch, which has every open flow judged again, so that what is denied now is
   * cut (semantics NP-21). The epoch is odd between the first step of a plan that narrows and its
   * last.
   */
  record BumpEpoch() implements PlanStep {}
}
