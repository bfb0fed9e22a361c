package io.merlon.agent.compile;

import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.IamRole;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.VirtualLabels;
import io.merlon.agent.identity.WorkloadRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a namespace that nothing but their addresses tells apart: the replicas of a workload,
 * mostly. Selectors are evaluated once per group, so their cost does not grow with replicas.
 */
final class PodGroup {
  final NamespaceState namespace;
  final Key key;

  /** The labels selectors see: the pods' own and the virtual ones. */
  LabelSet labels;

  /** The tests its pods pass, whatever their addresses. */
  int[] tests = Signature.NONE.tests();

  /** How many of its pods are local. */
  int locals;

  int size;
  @Nullable PodEntry first;

  /** The policies that select its pods, in order, if any of these is local. */
  List<PolicyState> selecting = List.of();

  @Nullable SubjectState subject;

  private int @Nullable [] memoOf;
  private ClassKey memo = ClassKey.NONE;

  PodGroup(NamespaceState namespace, Key key, LabelSet labels) {
    this.namespace = namespace;
    this.key = key;
    this.labels = labels;
  }

  /**
   * What makes a group.
   *
   * @param labels the pods' own, without reserved ones
   * @param bare the name of a local pod that has no controller: it is counted for itself
   * @param unguarded whether the guard of the instance metadata service leaves them alone
   */
  record Key(
      LabelSet labels,
      String serviceAccount,
      List<PortAnswer> ports,
      Pod.@Nullable Owner owner,
      @Nullable String bare,
      boolean unguarded) {
    /** The labels selectors see where the service account has this role. */
    LabelSet labels(@Nullable IamRole role) {
      return VirtualLabels.of(labels, serviceAccount, role, unguarded);
    }
  }

  /** Whom the packets of its pods are counted for. */
  WorkloadRef workload() {
    Pod.Owner owner = key.owner();
    if (owner != null) {
      return WorkloadRef.of(namespace.name, owner.kind(), owner.name(), key.labels());
    }
    return key.bare() == null
        ? WorkloadRef.NONE
        : WorkloadRef.ofPod(new PodRef(namespace.name, key.bare()));
  }

  void add(PodEntry pod) {
    PodEntry second = first;
    pod.next = second;
    if (second != null) {
      second.previous = pod;
    }
    first = pod;
    size++;
    locals += pod.local == null ? 0 : 1;
  }

  void remove(PodEntry pod) {
    PodEntry before = pod.previous;
    PodEntry after = pod.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    pod.previous = null;
    pod.next = null;
    size--;
    locals -= pod.local == null ? 0 : 1;
  }

  List<PodEntry> pods() {
    List<PodEntry> pods = new ArrayList<>(size);
    for (PodEntry pod = first; pod != null; pod = pod.next) {
      pods.add(pod);
    }
    return pods;
  }

  void setTests(int[] passed) {
    tests = passed;
    forget();
  }

  /** To be called when tests ask for other ports than before. */
  void forget() {
    memoOf = null;
  }

  /** The class of its pods at addresses that pass {@code prefixTests} besides. */
  ClassKey classAt(int[] prefixTests, TestRegistry registry) {
    if (!Arrays.equals(memoOf, prefixTests)) {
      int[] all = TestNumbers.union(tests, prefixTests);
      memo = ClassKey.of(new Signature(all, registry.answers(all, key.ports())));
      memoOf = prefixTests;
    }
    return memo;
  }
}
