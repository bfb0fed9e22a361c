package io.merlon.agent.watch;

import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the kinds that are little more than their metadata. */
final class SmallReaders {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind", "spec", "status");
  private static final Set<String> UNREAD_OF_SERVICE_ACCOUNT =
      Set.of("apiVersion", "kind", "secrets", "imagePullSecrets", "automountServiceAccountToken");

  private final Reading in;

  SmallReaders(Reading in) {
    this.in = in;
  }

  Read<Namespace> namespace(Written object) {
    ObjectMeta meta = metaOnly(object, UNREAD);
    return new Read<>(meta, new Namespace(meta.name, meta.labels, meta.annotations));
  }

  Read<ServiceAccount> serviceAccount(Written object) {
    ObjectMeta meta = metaOnly(object, UNREAD_OF_SERVICE_ACCOUNT);
    return new Read<>(meta, new ServiceAccount(meta.namespace, meta.name, meta.annotations));
  }

  Read<Node> node(Written object) {
    var draft = new NodeDraft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "status" -> draft.addresses = nodeAddresses(field);
            default -> in.other(field, name, UNREAD);
          }
        });
    return new Read<>(draft.meta, new Node(draft.meta.name, draft.meta.labels, draft.addresses));
  }

  Read<PodIdentityAssociation> association(Written object) {
    var draft = new AssociationDraft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "spec" -> association(draft, field);
            default -> in.other(field, name, UNREAD);
          }
        });
    return new Read<>(draft.meta, draft.association());
  }

  private void association(AssociationDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "namespace" -> draft.namespace = in.stringOrEmpty(field);
            case "serviceAccount" -> draft.serviceAccount = in.stringOrEmpty(field);
            case "roleARN" -> draft.roleArn = in.stringOrEmpty(field);
            default -> {}
          }
        });
  }

  private ObjectMeta metaOnly(Written object, Set<String> unread) {
    var draft = new NodeDraft();
    in.fields(
        object,
        (name, field) -> {
          if (name.equals("metadata")) {
            draft.meta = ObjectMeta.read(in, field);
          } else {
            in.other(field, name, unread);
          }
        });
    return draft.meta;
  }

  private List<String> nodeAddresses(Written status) {
    var addresses = new ArrayList<String>(4);
    in.fields(
        status,
        (name, field) -> {
          if (name.equals("addresses")) {
            in.list(field, item -> nodeAddress(addresses, item));
          }
        });
    return addresses;
  }

  /** Host names stand in the same list; what is no address is left out. */
  private boolean nodeAddress(List<String> addresses, Written value) {
    in.fields(
        value,
        (name, field) -> {
          String address = name.equals("address") ? in.string(field) : null;
          if (address != null && Addresses.isAddress(address) && !addresses.contains(address)) {
            addresses.add(address);
          }
        });
    return true;
  }

  /** A Pod Identity association as the AWS controllers for Kubernetes describe it. */
  private static final class AssociationDraft {
    ObjectMeta meta = new ObjectMeta();
    String namespace = "";
    String serviceAccount = "";
    String roleArn = "";

    PodIdentityAssociation association() {
      return new PodIdentityAssociation(
          namespace.isEmpty() ? meta.namespace : namespace, serviceAccount, roleArn);
    }
  }

  private static final class NodeDraft {
    ObjectMeta meta = new ObjectMeta();
    List<String> addresses = List.of();
  }
}
