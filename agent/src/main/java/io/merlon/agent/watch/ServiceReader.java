package io.merlon.agent.watch;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.Service;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads services. */
final class ServiceReader {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind");
  private static final Set<String> UNREAD_OF_PORT = Set.of("appProtocol");

  private final Reading in;

  ServiceReader(Reading in) {
    this.in = in;
  }

  ServiceDraft read(Written object) {
    var draft = new ServiceDraft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "spec" -> spec(draft, field);
            case "status" -> status(draft, field);
            default -> in.other(field, name, UNREAD);
          }
        });
    return draft;
  }

  private void spec(ServiceDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "type" -> {
              String type = in.shared(field);
              draft.type = type == null || type.isEmpty() ? "ClusterIP" : type;
            }
            case "selector" -> draft.selector = in.strings(field);
            case "clusterIP" -> draft.clusterIp = in.string(field);
            case "clusterIPs" -> draft.clusterIps = in.listOrEmpty(field, in::stringOrEmpty);
            case "externalIPs" -> draft.externalIps = in.listOrEmpty(field, in::stringOrEmpty);
            case "ipFamilies" -> draft.ipFamilies = in.listOrEmpty(field, in::stringOrEmpty);
            case "ipFamilyPolicy" -> draft.ipFamilyPolicy = in.stringOrEmpty(field);
            case "ports" -> draft.ports = in.listOrEmpty(field, this::port);
            default -> in.other(field, name, KnownFields.SERVICE_SPEC);
          }
        });
  }

  private ServiceDraft.PortDraft port(Written value) {
    var draft = new PortDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "name" -> draft.name = PortReader.name(in, field);
            case "protocol" -> draft.protocol = PortReader.protocol(in, field);
            case "port" -> draft.port = in.integer(field);
            case "nodePort" -> draft.nodePort = in.integer(field);
            case "targetPort" -> draft.target = PortReader.intOrString(in, field);
            default -> in.other(field, name, UNREAD_OF_PORT);
          }
        });
    in.require(value, "port", draft.port);
    return draft.port();
  }

  private void status(ServiceDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          if (name.equals("loadBalancer")) {
            in.fields(
                field,
                (inner, list) -> {
                  if (inner.equals("ingress")) {
                    in.list(list, item -> loadBalancer(draft, item));
                  }
                });
          }
        });
  }

  /** An address in mode Proxy is the balancer's own: the node does not translate it. */
  private boolean loadBalancer(ServiceDraft draft, Written value) {
    var balancer = new BalancerDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "ip" -> balancer.ip = in.stringOrEmpty(field);
            case "ipMode" -> balancer.mode = in.stringOrEmpty(field);
            default -> {}
          }
        });
    return !balancer.ip.isEmpty()
        && !balancer.mode.equals("Proxy")
        && draft.loadBalancerIps.add(balancer.ip);
  }

  private static final class BalancerDraft {
    String ip = "";
    String mode = "";
  }

  private static final class PortDraft {
    @Nullable String name;
    String protocol = "TCP";
    @Nullable Integer port;
    @Nullable Integer nodePort;
    @Nullable IntOrString target;

    ServiceDraft.PortDraft port() {
      var service =
          new Service.Port(
              name, protocol, port == null ? 0 : port, nodePort == null ? 0 : nodePort);
      return new ServiceDraft.PortDraft(service, target);
    }
  }
}
