package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.ObservedState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What packets can tell of a state: not how tables are numbered, nor in which order a pod's
 * addresses stand, nor pods without interfaces.
 */
record Content(
    Map<PodRef, Enforced> endpoints,
    Map<Integer, VerdictTable> tables,
    AddressBook addresses,
    Map<ServiceKey, ServiceTarget> services) {
  record Enforced(int subject, Mode mode, Set<Address> addresses) {}

  static Content of(ObservedState state, Set<PodRef> withInterface) {
    Map<PodRef, Enforced> endpoints = new HashMap<>();
    state
        .endpoints()
        .forEach((pod, endpoint) -> {
          if (withInterface.contains(pod)) {
            endpoints.put(pod, enforced(endpoint));
          }
        });
    Map<Integer, VerdictTable> tables = new HashMap<>();
    for (int subject : state.subjects().keySet()) {
      VerdictTable table = state.tableOf(subject);
      if (table != null) {
        tables.put(subject, table);
      }
    }
    return new Content(endpoints, tables, state.addresses(), state.services());
  }

  private static Enforced enforced(Endpoint endpoint) {
    return new Enforced(endpoint.subject(), endpoint.mode(), Set.copyOf(endpoint.addresses()));
  }

  /** In what the two differ, for a failing test to say. */
  String difference(Content other) {
    return (endpoints.equals(other.endpoints)
            ? ""
            : "endpoints " + endpoints + " / " + other.endpoints + "; ")
        + (tables.equals(other.tables)
            ? ""
            : "tables " + tables.keySet() + " / " + other.tables.keySet() + "; ")
        + (addresses.equals(other.addresses) ? "" : addresses + " / " + other.addresses + "; ")
        + (services.equals(other.services) ? "" : services + " / " + other.services);
  }
}
