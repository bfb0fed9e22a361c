package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;

/**
 * What the kernel should hold.
 *
 * @param tables by subject
 */
public record DesiredState(
    PersistentMap<PodRef, Endpoint> endpoints,
    PersistentMap<Integer, VerdictTable> tables,
    AddressBook addresses,
    PersistentMap<ServiceKey, ServiceTarget> services) {

  public static DesiredState of(CompiledPolicy policy) {
    PersistentMap<PodRef, Endpoint> endpoints = PersistentMap.empty();
    for (LocalPod pod : policy.pods().values()) {
      endpoints =
          endpoints.with(pod.pod(), new Endpoint(pod.subject(), pod.mode(), pod.addresses()));
    }
    return new DesiredState(endpoints, policy.tables(), policy.addresses(), policy.services());
  }
}
