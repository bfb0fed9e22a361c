package io.merlon.agent.watch;

import java.util.Set;

/**
 * Fields of the API (as of Kubernetes 1.34) that matter to no policy. They are listed only so that
 * a misspelt field in a folder can be told from one that is merely not read.
 */
final class KnownFields {
  static final Set<String> POD_SPEC =
      words(
          """
          volumes ephemeralContainers restartPolicy terminationGracePeriodSeconds
          activeDeadlineSeconds dnsPolicy nodeSelector automountServiceAccountToken hostPID hostIPC
          shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity
          schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates
          runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints
          setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride
          """);

  static final Set<String> CONTAINER =
      words(
          """
          name image command args workingDir envFrom env resources resizePolicy restartPolicyRules
          volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle
          terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin
          stdinOnce tty
          """);

  static final Set<String> SERVICE_SPEC =
      words(
          """
          sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName
          externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig
          topologyKeys ipFamily allocateLoadBalancerNodePorts loadBalancerClass
          internalTrafficPolicy trafficDistribution
          """);

  static final Set<String> WORKLOAD_SPEC =
      words(
          """
          selector strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds
          volumeClaimTemplates serviceName podManagementPolicy updateStrategy
          persistentVolumeClaimRetentionPolicy completions activeDeadlineSeconds
          podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes
          manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy
          managedBy schedule timeZone startingDeadlineSeconds concurrencyPolicy
          successfulJobsHistoryLimit failedJobsHistoryLimit
          """);

  private KnownFields() {}

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }
}
