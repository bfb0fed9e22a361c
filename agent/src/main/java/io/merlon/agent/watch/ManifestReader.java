package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent.PutClusterNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutEndpointSlice;
import io.merlon.agent.api.ClusterEvent.PutNamespace;
import io.merlon.agent.api.ClusterEvent.PutNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutNode;
import io.merlon.agent.api.ClusterEvent.PutPodIdentityAssociation;
import io.merlon.agent.api.ClusterEvent.PutServiceAccount;
import io.merlon.agent.watch.Manifest.Identity;
import io.merlon.agent.watch.ManifestProblem.Severity;
import io.merlon.agent.watch.ManifestText.Document;
import io.merlon.agent.watch.Written.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one file: its objects, and everything that is wrong with it. */
final class ManifestReader {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

  private final ManifestText text;
  private final Sharing sharing;
  private final List<Manifest> manifests = new ArrayList<>();
  private final List<ManifestProblem> problems = new ArrayList<>();

  private ManifestReader(ManifestText text, Sharing sharing) {
    this.text = text;
    this.sharing = sharing;
  }

  /** What a file holds. */
  record ManifestFile(ManifestText text, List<Manifest> manifests, List<ManifestProblem> problems) {
    boolean hasErrors() {
      return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
    }
  }

  static ManifestFile read(ManifestText text, Sharing sharing) {
    var reader = new ManifestReader(text, sharing);
    int index = 0;
    for (Document document : text.documents()) {
      switch (document) {
        case Document.Parsed parsed -> reader.value(parsed.root(), index++, "");
        case Document.Broken broken ->
            reader.problem(
                broken.line(), "", "cannot be parsed: " + broken.reason(), Severity.ERROR);
      }
    }
    return new ManifestFile(text, List.copyOf(reader.manifests), List.copyOf(reader.problems));
  }

  private void value(YamlWritten root, int document, String within) {
    if (root.shape() == Shape.NULL) {
      return;
    }
    Header header = Header.of(root);
    if (header.kind.isEmpty() || header.apiVersion.isEmpty()) {
      problem(
          root.line(),
          "",
          "not a Kubernetes object: it lacks apiVersion or kind",
          within.isEmpty() ? Severity.NOTE : Severity.ERROR);
    } else if (header.kind.endsWith("List") && header.hasItems) {
      list(root, document, within);
    } else {
      object(root, header, new Origin(text, document, within, "", root.line()));
    }
  }

  private void list(YamlWritten root, int document, String within) {
    String before = within.isEmpty() ? "" : within + ".";
    root.fields((name, field) -> {
      if (name.equals("items") && field.shape() == Shape.LIST) {
        field.items(item -> value(((YamlWritten) item).asRoot(), document, before + item.path()));
      }
    });
  }

  private void object(YamlWritten root, Header header, Origin origin) {
    Optional<Type> type = Type.of(header.kind);
    if (type.isEmpty() || !type.get().apiVersion().equals(header.apiVersion)) {
      ignored(root, header, type);
      return;
    }
    Identity identity = header.identity(type.get());
    var findings = new ManifestFindings(text.file(), identity.toString(), problems);
    if (!NAME.matcher(header.name).matches()) {
      findings.refuse(
          root,
          header.name.isEmpty()
              ? "required field metadata.name is missing"
              : "metadata.name " + header.name + " is not a valid name");
    }
    root.repeatedKeys(value -> findings.odd(value, "given twice, the last one counts"));
    Manifest manifest =
        manifest(type.get(), root, identity, origin, new Reading(findings, sharing));
    if (!findings.refused()) {
      manifests.add(manifest);
    }
  }

  private void ignored(YamlWritten root, Header header, Optional<Type> type) {
    boolean matters = type.isPresent() || header.kind.endsWith("NetworkPolicy");
    String what = header.apiVersion + " " + header.kind + " " + header.name;
    String reason =
        type.map(known -> "ignored: this kind is read as " + known.apiVersion())
            .orElse("ignored: no kind that is read");
    problem(root.line(), what, reason, matters ? Severity.WARNING : Severity.NOTE);
  }

  private static Manifest manifest(
      Type type, Written root, Identity identity, Origin origin, Reading in) {
    return switch (type) {
      case POD -> new Manifest.OfPod(identity, origin, new PodReader(in).read(root));
      case SERVICE -> new Manifest.OfService(identity, origin, new ServiceReader(in).read(root));
      case STATEFUL_SET,
          DEPLOYMENT,
          REPLICA_SET,
          REPLICATION_CONTROLLER,
          DAEMON_SET,
          JOB,
          CRON_JOB ->
          new Manifest.OfWorkload(identity, origin, type, new WorkloadReader(in).read(root));
      case NAMESPACE ->
          new Manifest.Plain(
              identity, origin, new PutNamespace(new SmallReaders(in).namespace(root).object()));
      case NODE ->
          new Manifest.Plain(
              identity, origin, new PutNode(new SmallReaders(in).node(root).object()));
      case SERVICE_ACCOUNT ->
          new Manifest.Plain(
              identity,
              origin,
              new PutServiceAccount(new SmallReaders(in).serviceAccount(root).object()));
      case ENDPOINT_SLICE ->
          new Manifest.Plain(
              identity,
              origin,
              new PutEndpointSlice(new EndpointSliceReader(in).read(root).object()));
      case NETWORK_POLICY ->
          new Manifest.Plain(
              identity,
              origin,
              new PutNetworkPolicy(new NetworkPolicyReader(in).read(root).object()));
      case CLUSTER_NETWORK_POLICY ->
          new Manifest.Plain(
              identity,
              origin,
              new PutClusterNetworkPolicy(new ClusterNetworkPolicyReader(in).read(root).object()));
      case POD_IDENTITY_ASSOCIATION ->
          new Manifest.Plain(
              identity,
              origin,
              new PutPodIdentityAssociation(new SmallReaders(in).association(root).object()));
    };
  }

  private void problem(int line, String object, String reason, Severity severity) {
    problems.add(new ManifestProblem(text.file(), line, object, "", reason, severity));
  }
}
