package io.merlon.agent.compile;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What a peer class means: the signature of its addresses. Where several pods claim one address
 * there are several, and what any of them may not do, none may.
 */
record ClassKey(List<Signature> signatures) {
  static final ClassKey NONE = of(Signature.NONE);

  /** The key of {@link PeerClass#OWN_NODE}, which no signature leads to. */
  static final ClassKey OWN_NODE = new ClassKey(List.of());

  static ClassKey of(Signature signature) {
    return new ClassKey(List.of(signature));
  }

  static ClassKey of(Collection<Signature> signatures) {
    return new ClassKey(List.copyOf(new TreeSet<>(signatures)));
  }
}
