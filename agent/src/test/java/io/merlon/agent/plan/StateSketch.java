package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A desired state that can be changed part by part. */
final class StateSketch {
  final Map<PodRef, Endpoint> endpoints = new TreeMap<>();

  /** By subject and direction: a row for each class. */
  final Map<Integer, Map<Direction, List<Row>>> tables = new TreeMap<>();

  final Map<Address, Integer> exact = new TreeMap<>();
  final Map<Cidr, Integer> prefixes = new TreeMap<>();
  final Map<ServiceKey, ServiceTarget> services = new TreeMap<>();

  StateSketch copy() {
    StateSketch copy = new StateSketch();
    copy.endpoints.putAll(endpoints);
    tables.forEach((subject, rows) -> {
      Map<Direction, List<Row>> own = new HashMap<>();
      rows.forEach((direction, list) -> own.put(direction, new ArrayList<>(list)));
      copy.tables.put(subject, own);
    });
    copy.exact.putAll(exact);
    copy.prefixes.putAll(prefixes);
    copy.services.putAll(services);
    return copy;
  }

  void putEndpoint(PodRef pod, int subject, Mode mode, List<Address> addresses) {
    endpoints.put(pod, new Endpoint(subject, mode, addresses));
  }

  List<Row> rows(int subject, Direction direction) {
    return tables.getOrDefault(subject, Map.of()).getOrDefault(direction, List.of());
  }

  /** Gives every class another number, with its rows and all that is in it. */
  void renumberClasses(UnaryOperator<Integer> numbers) {
    exact.replaceAll((address, peerClass) -> numbers.apply(peerClass));
    prefixes.replaceAll((prefix, peerClass) -> numbers.apply(peerClass));
    services.replaceAll((key, target) ->
        target instanceof ServiceTarget.Uniform(int peerClass, int port)
            ? new ServiceTarget.Uniform(numbers.apply(peerClass), port)
            : target);
    for (Map<Direction, List<Row>> table : tables.values()) {
      for (List<Row> rows : table.values()) {
        List<Row> old = List.copyOf(rows);
        for (int number = 0; number < old.size(); number++) {
          rows.set(numbers.apply(number), old.get(number));
        }
      }
    }
  }

  /** Gives every subject another number. */
  void renumberSubjects(UnaryOperator<Integer> numbers) {
    Map<Integer, Map<Direction, List<Row>>> old = new TreeMap<>(tables);
    tables.clear();
    old.forEach((subject, table) -> tables.put(numbers.apply(subject), table));
    endpoints.replaceAll(
        (pod, endpoint) -> endpoint.withSubject(numbers.apply(endpoint.subject())));
  }

  DesiredState build() {
    Map<Integer, VerdictTable> built = new HashMap<>();
    tables.forEach((subject, rows) ->
        built.put(
            subject,
            VerdictTable.of(
                byClass(rows(subject, Direction.INGRESS)),
                byClass(rows(subject, Direction.EGRESS)))));
    return new DesiredState(
        PersistentMap.of(endpoints),
        PersistentMap.of(built),
        new AddressBook(PersistentMap.of(exact), PersistentMap.of(prefixes)),
        PersistentMap.of(services));
  }

  private static Map<Integer, Row> byClass(List<Row> rows) {
    Map<Integer, Row> byClass = new HashMap<>();
    for (int number = 0; number < rows.size(); number++) {
      byClass.put(number, rows.get(number));
    }
    return byClass;
  }
}
