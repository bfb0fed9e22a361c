package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Virtual addresses: judged by each backend and its target port (NP-23). */
final class OracleServices {
  private final ClusterSnapshot cluster;

  OracleServices(ClusterSnapshot cluster) {
    this.cluster = cluster;
  }

  Set<Boolean> judge(Question question, Oracle oracle) {
    Set<Boolean> answers = new HashSet<>();
    for (Service service : cluster.services()) {
      if (service.addresses().stream().anyMatch(text -> question.to().equals(Ip.parse(text)))) {
        for (Service.Port port : service.ports()) {
          if (port.port() == question.port() && is(question.protocol(), port.protocol())) {
            judgeBackends(service, port, question, oracle, answers);
          }
        }
      }
    }
    return answers;
  }

  private void judgeBackends(
      Service service, Service.Port port, Question question, Oracle oracle, Set<Boolean> answers) {
    for (EndpointSlice slice : cluster.endpointSlices()) {
      if (slice.namespace().equals(service.namespace()) && slice.service().equals(service.name())) {
        for (EndpointSlice.Port target : slice.ports()) {
          if (sameName(port.name(), target.name()) && is(question.protocol(), target.protocol())) {
            judgeSlice(slice, target, question, oracle, answers);
          }
        }
      }
    }
  }

  private static void judgeSlice(
      EndpointSlice slice,
      EndpointSlice.Port target,
      Question question,
      Oracle oracle,
      Set<Boolean> answers) {
    for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
      for (String address : endpoint.addresses()) {
        Ip backend = Ip.parse(address);
        if (endpoint.serving() && backend != null && backend.family() == question.to().family()) {
          int port = target.port() == null ? question.port() : target.port();
          answers.add(
              oracle
                  .judge(new Question(question.from(), backend, question.protocol(), port))
                  .egress());
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
