package io.merlon.agent.watch;

import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.api.Pod.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads pods: a few hundred bytes of each ten kilobytes; the rest is skipped, not kept. */
final class PodReader {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind");
  private static final Set<String> UNREAD_OF_PORT = Set.of("hostPort", "hostIP");

  private final Reading in;

  PodReader(Reading in) {
    this.in = in;
  }

  PodDraft read(Written object) {
    var draft = new PodDraft();
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

  private void spec(PodDraft draft, Written value) {
    var serviceAccounts = new ServiceAccountNames();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "serviceAccountName" -> serviceAccounts.name = in.shared(field);
            case "serviceAccount" -> serviceAccounts.alias = in.shared(field);
            case "nodeName" -> draft.node = in.shared(field);
            case "hostNetwork" -> draft.hostNetwork = in.truth(field);
            case "containers" -> in.list(field, container -> container(draft, container, false));
            case "initContainers" -> in.list(field, container -> container(draft, container, true));
            default -> in.other(field, name, KnownFields.POD_SPEC);
          }
        });
    draft.serviceAccount = serviceAccounts.pick();
  }

  /** Of the init containers only those that go on running (sidecars) can be a port's target. */
  private boolean container(PodDraft draft, Written value, boolean init) {
    var container = new ContainerDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "ports" -> container.ports = in.listOrEmpty(field, this::port);
            case "restartPolicy" -> container.restartPolicy = in.stringOrEmpty(field);
            default -> in.other(field, name, KnownFields.CONTAINER);
          }
        });
    return (!init || container.restartPolicy.equals("Always"))
        && draft.ports.addAll(container.ports);
  }

  private ContainerPort port(Written value) {
    var draft = new PortDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "name" -> draft.name = PortReader.name(in, field);
            case "containerPort" -> draft.port = in.integer(field);
            case "protocol" -> draft.protocol = PortReader.protocol(in, field);
            default -> in.other(field, name, UNREAD_OF_PORT);
          }
        });
    in.require(value, "containerPort", draft.port);
    return in.sharing()
        .value(new ContainerPort(draft.name, draft.port == null ? 0 : draft.port, draft.protocol));
  }

  private void status(PodDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "phase" -> draft.phase = phase(in.string(field));
            case "podIP" -> draft.ip = in.string(field);
            case "podIPs" -> draft.ips = ips(field);
            default -> {}
          }
        });
  }

  private List<String> ips(Written value) {
    var ips = new ArrayList<String>(2);
    in.list(
        value,
        item -> {
          in.fields(
              item,
              (name, field) -> {
                String ip = name.equals("ip") ? in.string(field) : null;
                if (ip != null && !ip.isEmpty()) {
                  ips.add(ip);
                }
              });
          return ips;
        });
    return ips;
  }

  private static @Nullable Phase phase(@Nullable String written) {
    return switch (written) {
      case null -> null;
      case "" -> null;
      case "Pending" -> Phase.PENDING;
      case "Running" -> Phase.RUNNING;
      case "Succeeded" -> Phase.SUCCEEDED;
      case "Failed" -> Phase.FAILED;
      default -> Phase.UNKNOWN;
    };
  }

  private static final class ServiceAccountNames {
    @Nullable String name;
    @Nullable String alias;

    @Nullable String pick() {
      String given = name;
      return given == null || given.isEmpty() ? alias : given;
    }
  }

  private static final class ContainerDraft {
    List<ContainerPort> ports = List.of();
    String restartPolicy = "";
  }

  private static final class PortDraft {
    @Nullable String name;
    @Nullable Integer port;
    String protocol = "TCP";
  }
}
