package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Pod;
import io.merlon.agent.watch.Manifest.OfService;
import io.merlon.agent.watch.ServiceSlices.Family;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Completes the services of a folder: virtual addresses and endpoint slices where none are given.
 */
final class FolderServices {
  private final Collection<OfService> services;

  FolderServices(Collection<OfService> services) {
    this.services = services;
  }

  List<ClusterEvent> complete(Collection<Pod> pods, Collection<EndpointSlice> given) {
    Map<String, AddressPlan.Pair> addresses = addresses();
    Set<String> withSlices =
        given.stream()
            .map(slice -> slice.namespace() + "/" + slice.service())
            .collect(Collectors.toSet());
    var slices = new ServiceSlices(pods);
    var events = new ArrayList<ClusterEvent>();
    for (OfService service : services) {
      ServiceDraft draft = service.draft();
      List<Family> families = families(draft);
      AddressPlan.Pair pair = addresses.get(key(service));
      List<String> assigned =
          pair == null
              ? List.of()
              : pair.both().stream()
                  .filter(address -> families.stream().anyMatch(family -> family.has(address)))
                  .toList();
      events.add(new ClusterEvent.PutService(draft.service(assigned)));
      if (!draft.selector.isEmpty()
          && !draft.type.equals("ExternalName")
          && !withSlices.contains(key(service))) {
        slices.derive(draft, families).stream()
            .map(ClusterEvent.PutEndpointSlice::new)
            .forEach(events::add);
      }
    }
    return events;
  }

  private Map<String, AddressPlan.Pair> addresses() {
    var lacking = new TreeSet<String>();
    var taken = new HashSet<String>();
    for (OfService service : services) {
      taken.addAll(service.draft().service(List.of()).addresses());
      if (service.draft().lacksAddress()) {
        lacking.add(key(service));
      }
    }
    return AddressPlan.SERVICES.assign(lacking, taken);
  }

  private static String key(OfService service) {
    return service.identity().namespace() + "/" + service.identity().name();
  }

  /** As the API server chooses them: those asked for, those of given addresses, or IPv4. */
  private static List<Family> families(ServiceDraft draft) {
    var families = new LinkedHashSet<Family>();
    for (Family family : Family.values()) {
      if (draft.ipFamilies.contains(family.word)) {
        families.add(family);
      }
    }
    if (draft.ipFamilyPolicy.endsWith("DualStack")) {
      families.addAll(List.of(Family.values()));
    }
    if (families.isEmpty() && !draft.headless()) {
      for (String address : draft.service(List.of()).addresses()) {
        families.add(Family.IPV6.has(address) ? Family.IPV6 : Family.IPV4);
      }
    }
    return families.isEmpty() ? List.of(Family.IPV4) : List.copyOf(families);
  }
}
