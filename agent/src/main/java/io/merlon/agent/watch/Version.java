package io.merlon.agent.watch;

/**
 * Resource versions as numbers, as Kubernetes promises since 1.35 and has always kept. Where they
 * are none, nothing is said about their order.
 */
final class Version {
  /** What is no number; less than every number. */
  static final long UNORDERED = -1;

  private static final int MOST_DIGITS = 18;

  private Version() {}

  static long of(String resourceVersion) {
    int length = resourceVersion.length();
    if (length == 0 || length > MOST_DIGITS) {
      return UNORDERED;
    }
    long version = 0;
    for (int i = 0; i < length; i++) {
      char digit = resourceVersion.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNORDERED;
      }
      version = version * 10 + (digit - '0');
    }
    return version;
  }

  /** Whether one is known to be older than another. */
  static boolean isOlder(String one, String other) {
    long version = of(one);
    return version != UNORDERED && version < of(other);
  }
}
