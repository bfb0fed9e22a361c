package io.merlon.agent.compile;

import org.jspecify.annotations.Nullable;

/**
 * What a compilation is for.
 *
 * @param node whose pods are local; null takes every pod of the cluster as local
 * @param trustDomain of the SPIFFE IDs
 * @param defaultMode where no annotation asks for one
 */
public record CompileOptions(@Nullable String node, String trustDomain, Mode defaultMode) {
  public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

  /** Whether subjects are told apart by whom they are counted for: only a node counts. */
  boolean countsWorkloads() {
    return node != null;
  }

  public static CompileOptions forNode(String node) {
    return new CompileOptions(node, DEFAULT_TRUST_DOMAIN, Mode.ENFORCE);
  }

  public static CompileOptions forCluster() {
    return new CompileOptions(null, DEFAULT_TRUST_DOMAIN, Mode.ENFORCE);
  }
}
