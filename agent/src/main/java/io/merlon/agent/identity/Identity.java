package io.merlon.agent.identity;

import org.jspecify.annotations.Nullable;

/**
 * What a pod is.
 *
 * @param labels the pod's labels and the virtual ones, as selectors see them
 * @param role the IAM role its service account stands for, null if none
 */
public record Identity(
    PodRef pod,
    LabelSet namespaceLabels,
    LabelSet labels,
    String serviceAccount,
    @Nullable IamRole role,
    String spiffeId) {

  /** The SPIFFE ID of a service account in a trust domain. */
  public static String spiffeId(String trustDomain, String namespace, String serviceAccount) {
    return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }
}
