package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Virtual addresses: each backend is judged, at its target port (NP-23). */
final class OracleServices {
  private final ClusterSnapshot cluster;

  OracleServices(ClusterSnapshot cluster) {
    this.cluster = cluster;
  }

  /** What {@code judge} says of each backend a connection may reach. */
  Set<Boolean> judge(Question question, Judge judge) {
    Set<Boolean> answers = new HashSet<>();
    for (Question direct : direct(question)) {
      answers.add(judge.judge(direct).egress());
    }
    return answers;
  }

  List<Ip> backends(Question question) {
    return direct(question).stream().map(Question::to).toList();
  }

  boolean hasOneBackend(Question question) {
    return Set.copyOf(direct(question)).size() == 1;
  }

  /** Whether the address is one that the cluster did not give, but somebody claims. */
  boolean isExternal(Ip virtual) {
    return cluster.services().stream()
        .flatMap(service -> service.external().stream())
        .anyMatch(text -> virtual.equals(Ip.parse(text)));
  }

  /** The question as it is once a backend was chosen, for each of them. */
  private List<Question> direct(Question question) {
    List<Question> direct = new ArrayList<>();
    for (Service service : cluster.services()) {
      if (service.addresses().stream().anyMatch(text -> question.to().equals(Ip.parse(text)))) {
        for (Service.Port port : service.ports()) {
          if (port.port() == question.port() && is(question.protocol(), port.protocol())) {
            addBackends(service, port, question, direct);
          }
        }
      }
    }
    return direct;
  }

  private void addBackends(
      Service service, Service.Port port, Question question, List<Question> direct) {
    for (EndpointSlice slice : cluster.endpointSlices()) {
      if (slice.namespace().equals(service.namespace()) && slice.service().equals(service.name())) {
        for (EndpointSlice.Port target : slice.ports()) {
          if (sameName(port.name(), target.name()) && is(question.protocol(), target.protocol())) {
            addSlice(slice, target, question, direct);
          }
        }
      }
    }
  }

  private static void addSlice(
      EndpointSlice slice, EndpointSlice.Port target, Question question, List<Question> direct) {
    int port = target.port() == null ? question.port() : target.port();
    for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
      for (String address : endpoint.addresses()) {
        Ip backend = Ip.parse(address);
        if (endpoint.serving() && backend != null && backend.family() == question.to().family()) {
          direct.add(new Question(question.from(), backend, question.protocol(), port));
        }
      }
    }
  }

  private static boolean is(Protocol protocol, String name) {
    return protocol != Protocol.OTHER && protocol.name().equals(name);
  }

  /** The port of a service with one port may go without a name, absent or empty. */
  private static boolean sameName(@Nullable String service, @Nullable String slice) {
    return Objects.requireNonNullElse(service, "").equals(Objects.requireNonNullElse(slice, ""));
  }
}
