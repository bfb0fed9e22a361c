package io.merlon.agent.compile;

import io.merlon.agent.policy.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A verdict with its reason.
 *
 * @param cookie names the decision in the kernel: a hash of its content, so it is the same on every
 *     node and after every restart, and never 0. Decisions are equal if verdict and cookie are.
 */
public record Decision(Verdict verdict, DecidedBy by, long cookie) {
  public static final Decision OWN_NODE = allow(new DecidedBy.OwnNode());
  public static final Decision ITSELF = allow(new DecidedBy.Itself());
  public static final Decision NOT_A_SUBJECT = allow(new DecidedBy.NotASubject());

  public static Decision of(Verdict verdict, DecidedBy by) {
    return new Decision(verdict, by, cookie(verdict + " " + by));
  }

  public static Decision allow(DecidedBy by) {
    return of(Verdict.ALLOW, by);
  }

  public static Decision deny(DecidedBy by) {
    return of(Verdict.DENY, by);
  }

  /** What the kernel holds, where nobody knows its reason any more. */
  public static Decision unknown(Verdict verdict, long cookie) {
    return new Decision(verdict, new DecidedBy.Unknown(cookie), cookie);
  }

  public boolean allows() {
    return verdict == Verdict.ALLOW;
  }

  private static long cookie(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      long cookie = ByteBuffer.wrap(hash).getLong();
      return cookie == 0 ? 1 : cookie;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Decision decision
        && verdict == decision.verdict
        && cookie == decision.cookie;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(cookie) * 2 + (allows() ? 1 : 0);
  }
}
