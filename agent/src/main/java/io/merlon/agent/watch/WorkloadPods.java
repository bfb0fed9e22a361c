package io.merlon.agent.watch;

import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.Owner;
import io.merlon.agent.watch.Manifest.Identity;
import io.merlon.agent.watch.Manifest.OfPod;
import io.merlon.agent.watch.Manifest.OfWorkload;
import io.merlon.agent.watch.ManifestProblem.Severity;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the pods that controllers would make: a developer's folder holds Deployments, not pods.
 *
 * <p>A dump of a cluster holds both. So a workload that has pods in the folder, or that another
 * workload of the folder makes, makes none.
 */
final class WorkloadPods {
  /** More replicas than this say nothing more about policy. */
  static final int MOST_REPLICAS = 1_000;

  private final Sharing sharing;
  private final Set<String> nodes;
  private final List<ManifestProblem> problems;
  private final Map<Identity, OfPod> pods = new LinkedHashMap<>();

  WorkloadPods(Sharing sharing, Set<String> nodes, List<ManifestProblem> problems) {
    this.sharing = sharing;
    this.nodes = nodes;
    this.problems = problems;
  }

  /** All pods of a folder: those it holds and those its workloads make. */
  Collection<OfPod> expand(Collection<OfPod> given, Collection<OfWorkload> workloads) {
    given.forEach(pod -> pods.put(pod.identity(), pod));
    Set<Identity> covered = covered(given, workloads);
    workloads.stream()
        .filter(workload -> !covered.contains(workload.identity()))
        .sorted(
            Comparator.comparing(OfWorkload::type)
                .thenComparing(workload -> workload.identity().toString()))
        .forEach(this::make);
    return pods.values();
  }

  private static Set<Identity> covered(Collection<OfPod> given, Collection<OfWorkload> workloads) {
    var covered = new HashSet<Identity>();
    var present = new HashSet<Identity>();
    workloads.forEach(workload -> present.add(workload.identity()));
    for (OfPod pod : given) {
      owner(pod.draft().meta).ifPresent(covered::add);
    }
    // Upwards from pods to what they come from: ReplicaSet to Deployment, Job to CronJob.
    for (OfWorkload workload : workloads) {
      if (covered.contains(workload.identity())) {
        owner(workload.draft().meta).ifPresent(covered::add);
      }
    }
    for (OfWorkload workload : workloads) {
      if (owner(workload.draft().meta).filter(present::contains).isPresent()) {
        covered.add(workload.identity());
      }
    }
    return covered;
  }

  private static Optional<Identity> owner(ObjectMeta meta) {
    Owner owner = meta.owner;
    return owner == null
        ? Optional.empty()
        : Optional.of(new Identity(owner.kind(), meta.namespace, owner.name()));
  }

  private void make(OfWorkload workload) {
    if (workload.type() == Type.DAEMON_SET) {
      for (String node : nodes) {
        make(workload, node).node = node;
      }
      return;
    }
    WorkloadDraft draft = workload.draft();
    int replicas = workload.type() == Type.CRON_JOB || draft.replicas == null ? 1 : draft.replicas;
    if (replicas > MOST_REPLICAS) {
      String reason = "only " + MOST_REPLICAS + " of " + replicas + " replicas are considered";
      problem(workload, "spec.replicas", reason);
      replicas = MOST_REPLICAS;
    }
    for (int i = 0; i < replicas; i++) {
      make(workload, String.valueOf(draft.firstOrdinal + i));
    }
  }

  private PodDraft make(OfWorkload workload, String suffix) {
    Identity made = workload.identity();
    var identity = new Identity("Pod", made.namespace(), made.name() + "-" + suffix);
    if (pods.containsKey(identity)) {
      String word = made.kind().toLowerCase(Locale.ROOT);
      identity = new Identity("Pod", made.namespace(), made.name() + "-" + word + "-" + suffix);
    }
    PodDraft draft = copy(workload, identity.name());
    Origin origin = workload.origin().withPrefix(workload.type().templatePath());
    pods.put(identity, new OfPod(identity, origin, draft));
    return draft;
  }

  private PodDraft copy(OfWorkload workload, String name) {
    PodDraft template = workload.draft().template;
    var draft = new PodDraft();
    if (template != null) {
      draft.serviceAccount = template.serviceAccount;
      draft.node = template.node;
      draft.hostNetwork = template.hostNetwork;
      draft.ports.addAll(template.ports);
      draft.meta.labels = labels(template.meta.labels, workload, name);
      draft.meta.annotations = template.meta.annotations;
    }
    draft.meta.namespace = workload.identity().namespace();
    draft.meta.name = name;
    draft.meta.owner =
        sharing.value(new Pod.Owner(workload.identity().kind(), workload.identity().name()));
    return draft;
  }

  /** The labels that controllers add and that people select by. */
  private Map<String, String> labels(
      Map<String, String> template, OfWorkload workload, String name) {
    var labels = new LinkedHashMap<>(template);
    switch (workload.type()) {
      case STATEFUL_SET -> {
        labels.put("statefulset.kubernetes.io/pod-name", name);
        labels.put("apps.kubernetes.io/pod-index", name.substring(name.lastIndexOf('-') + 1));
      }
      case JOB -> {
        labels.put("job-name", workload.identity().name());
        labels.put("batch.kubernetes.io/job-name", workload.identity().name());
      }
      default -> {}
    }
    return sharing.map(labels);
  }

  private void problem(OfWorkload workload, String field, String reason) {
    Origin origin = workload.origin();
    problems.add(
        new ManifestProblem(
            origin.text().file(),
            origin.line(),
            workload.identity().toString(),
            field,
            reason,
            Severity.WARNING));
  }
}
