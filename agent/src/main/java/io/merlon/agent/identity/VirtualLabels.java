package io.merlon.agent.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attested facts about a pod, as labels any selector can use. Only Merlon sets labels under
 * {@link #PREFIX}: what a pod or a namespace claims there itself is left out, so that nobody can
 * pass for somebody else.
 */
public final class VirtualLabels {
  public static final String PREFIX = "identity.merlon.io/";
  public static final String SERVICE_ACCOUNT = PREFIX + "service-account";
  public static final String IAM_ROLE = PREFIX + "iam-role";
  public static final String AWS_ACCOUNT = PREFIX + "aws-account";

  /** On a pod that the guard of the instance metadata service leaves alone. */
  public static final String UNGUARDED = PREFIX + "metadata-unguarded";

  private static final Pattern LABEL_VALUE =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
  private static final int KEPT = 50;

  private VirtualLabels() {}

  /** A pod's labels as selectors see them. */
  public static LabelSet of(
      Map<String, String> own, String serviceAccount, @Nullable IamRole role) {
    Map<String, String> labels = new HashMap<>(withoutReserved(own));
    if (!serviceAccount.isEmpty()) {
      labels.put(SERVICE_ACCOUNT, value(serviceAccount));
    }
    if (role != null) {
      labels.put(IAM_ROLE, value(role.name()));
      labels.put(AWS_ACCOUNT, role.account());
    }
    return LabelSet.of(labels);
  }

  /**
   * A pod's labels as selectors see them.
   *
   * @param unguarded whether the guard of the instance metadata service leaves it alone
   */
  public static LabelSet of(
      Map<String, String> own, String serviceAccount, @Nullable IamRole role, boolean unguarded) {
    LabelSet labels = of(own, serviceAccount, role);
    if (!unguarded) {
      return labels;
    }
    Map<String, String> more = new HashMap<>(labels);
    more.put(UNGUARDED, "true");
    return LabelSet.of(more);
  }

  /** The labels without those nobody but Merlon may set. */
  public static LabelSet withoutReserved(Map<String, String> own) {
    if (!claimsReserved(own)) {
      return LabelSet.of(own);
    }
    Map<String, String> labels = new HashMap<>(own);
    labels.keySet().removeIf(key -> key.startsWith(PREFIX));
    return LabelSet.of(labels);
  }

  public static boolean claimsReserved(Map<String, String> own) {
    for (String key : own.keySet()) {
      if (key.startsWith(PREFIX)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A name as a label value. A name that is a valid label value stands for itself. Selectors cannot
   * be written for any other, so such a name becomes its first characters, with "-" for what labels
   * do not allow, then "." and ten hex digits of its SHA-256, so that two such names do not meet in
   * one value.
   */
  public static String value(String name) {
    if (LABEL_VALUE.matcher(name).matches()) {
      return name;
    }
    String start = name.length() > KEPT ? name.substring(0, KEPT) : name;
    String allowed = start.replaceAll("[^A-Za-z0-9_.-]", "-").replaceAll("^[_.-]+", "");
    return (allowed.isEmpty() ? "x" : allowed) + "." + digest(name);
  }

  private static String digest(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }
}
