package io.merlon.agent.watch;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.EndpointSlice.Endpoint;
import io.merlon.agent.api.EndpointSlice.Port;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads endpoint slices. */
final class EndpointSliceReader {
  static final String SERVICE_LABEL = "kubernetes.io/service-name";

  private static final Set<String> UNREAD = Set.of("apiVersion", "kind");
  private static final Set<String> UNREAD_OF_ENDPOINT =
      Set.of("hostname", "targetRef", "deprecatedTopology", "nodeName", "zone", "hints");
  private static final Set<String> UNREAD_OF_PORT = Set.of("appProtocol");

  private final Reading in;

  EndpointSliceReader(Reading in) {
    this.in = in;
  }

  Read<EndpointSlice> read(Written object) {
    var draft = new Draft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "addressType" -> draft.addressType = in.stringOrEmpty(field);
            case "ports" -> draft.ports = in.listOrEmpty(field, this::port);
            case "endpoints" -> draft.endpoints = in.listOrEmpty(field, this::endpoint);
            default -> in.other(field, name, UNREAD);
          }
        });
    var slice =
        new EndpointSlice(
            draft.meta.namespace,
            draft.meta.name,
            draft.meta.labels.getOrDefault(SERVICE_LABEL, ""),
            draft.addressType,
            in.sharing().list(draft.ports),
            draft.endpoints);
    return new Read<>(draft.meta, slice);
  }

  private Port port(Written value) {
    var draft = new PortDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "name" -> draft.name = PortReader.name(in, field);
            case "protocol" -> draft.protocol = PortReader.protocol(in, field);
            case "port" -> draft.port = in.integer(field);
            default -> in.other(field, name, UNREAD_OF_PORT);
          }
        });
    return new Port(draft.name, draft.protocol, draft.port);
  }

  private Endpoint endpoint(Written value) {
    var draft = new EndpointDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "addresses" -> draft.addresses = in.listOrEmpty(field, this::address);
            case "conditions" -> conditions(draft, field);
            default -> in.other(field, name, UNREAD_OF_ENDPOINT);
          }
        });
    boolean ready = draft.ready == null || draft.ready;
    boolean serving = draft.serving == null ? ready : draft.serving;
    return new Endpoint(draft.addresses, ready, serving, Boolean.TRUE.equals(draft.terminating));
  }

  private String address(Written value) {
    String address = in.string(value);
    return address == null ? "" : address;
  }

  /** A condition that is absent: ready is true, serving is as ready, terminating is false. */
  private void conditions(EndpointDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "ready" -> draft.ready = truth(field);
            case "serving" -> draft.serving = truth(field);
            case "terminating" -> draft.terminating = truth(field);
            default -> in.unknown(field);
          }
        });
  }

  private @Nullable Boolean truth(Written value) {
    return value.shape() == Written.Shape.NULL ? null : Boolean.valueOf(in.truth(value));
  }

  private static final class Draft {
    ObjectMeta meta = new ObjectMeta();
    String addressType = "";
    List<Port> ports = List.of();
    List<Endpoint> endpoints = List.of();
  }

  private static final class PortDraft {
    @Nullable String name;
    String protocol = "TCP";
    @Nullable Integer port;
  }

  private static final class EndpointDraft {
    List<String> addresses = List.of();
    @Nullable Boolean ready;
    @Nullable Boolean serving;
    @Nullable Boolean terminating;
  }
}
