package io.merlon.agent.compile;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What policies can tell about an address: the peer tests it passes, and the ports it declares
 * under names they ask for.
 */
final class Signature implements Comparable<Signature> {
  static final Signature NONE = new Signature(TestNumbers.NONE, List.of());

  private static final Comparator<Signature> ORDER =
      Comparator.comparing((Signature s) -> s.tests, Arrays::compare)
          .thenComparing(s -> s.ports.toString());

  private final int[] tests;
  private final List<PortAnswer> ports;
  private final int hash;

  /** Takes the numbers of the tests in ascending order, and sorted ports. */
  Signature(int[] tests, List<PortAnswer> ports) {
    this.tests = tests;
    this.ports = List.copyOf(ports);
    this.hash = Arrays.hashCode(tests) * 31 + ports.hashCode();
  }

  boolean passes(int test) {
    return Arrays.binarySearch(tests, test) >= 0;
  }

  /** The numbers of the tests passed, ascending; not to be written to. */
  int[] tests() {
    return tests;
  }

  List<PortAnswer> ports() {
    return ports;
  }

  @Override
  public int compareTo(Signature other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Signature signature
        && hash == signature.hash
        && Arrays.equals(tests, signature.tests)
        && ports.equals(signature.ports);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return Arrays.toString(tests) + ports;
  }
}
