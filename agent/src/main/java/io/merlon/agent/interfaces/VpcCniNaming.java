package io.merlon.agent.interfaces;

import io.merlon.agent.identity.PodRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How the VPC CNI names the host side of a pod's interface: a prefix, then the first 11 hexadecimal
 * digits of the SHA-1 of {@code namespace.pod}. So a pod's interface is known before it exists.
 */
public record VpcCniNaming(String prefix) {
  /** Ordinary pods on EKS. */
  public static final VpcCniNaming EKS = new VpcCniNaming("eni");

  /** Pods with a branch network interface of their own. */
  public static final VpcCniNaming BRANCH = new VpcCniNaming("vlan");

  private static final int DIGITS = 11;

  public String hostInterface(PodRef pod) {
    return name(pod.namespace() + "." + pod.name());
  }

  /** The name for a pod's further interface, numbered from 1. */
  public String hostInterface(PodRef pod, int index) {
    return name(pod.namespace() + "." + pod.name() + "." + index);
  }

  private String name(String hashed) {
    try {
      byte[] sha1 =
          MessageDigest.getInstance("SHA-1").digest(hashed.getBytes(StandardCharsets.UTF_8));
      return prefix + HexFormat.of().formatHex(sha1).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-1", e);
    }
  }
}
