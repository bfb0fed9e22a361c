package io.merlon.bpf;

import org.jspecify.annotations.Nullable;

/** Abilities that not every supported kernel has. */
public enum Feature {
  /** tcx links, kernel 6.6. */
  TCX("tcx links (kernel 6.6)"),
  /** Many map entries per call, kernel 5.6. */
  BATCH_OPS("map batches (kernel 5.6)"),
  /** Ring buffer maps, kernel 5.8. */
  RING_BUFFER("ring buffers (kernel 5.8)"),
  /** Longest-prefix-match tries, kernel 4.11. */
  LPM_TRIE("longest-prefix-match maps (kernel 4.11)"),
  /** Type information the kernel takes with an object, kernel 4.18. */
  BTF("type information for objects (kernel 4.18)"),
  /** The kernel's own type information, CONFIG_DEBUG_INFO_BTF. */
  KERNEL_BTF("the kernel's type information (CONFIG_DEBUG_INFO_BTF)"),
  /** Arrays whose memory user space can map, kernel 5.5. */
  MAPPED_ARRAY("mappable arrays (kernel 5.5)"),
  /** Atomic fetch, exchange and compare-and-exchange in programs, kernel 5.12. */
  ATOMICS("atomic instructions (kernel 5.12)"),
  /** Bounded loops, kernel 5.3. */
  BOUNDED_LOOPS("bounded loops (kernel 5.3)");

  private final String text;

  /** What a probe found; unknown is never kept, as privileges may come later. */
  @SuppressWarnings("ImmutableEnumChecker") // a cache of a fact that does not change
  private volatile @Nullable Support known;

  Feature(String text) {
    this.text = text;
  }

  /** What it is and which kernel brought it. */
  public String text() {
    return text;
  }

  /** Probes the running kernel, once. */
  public Support support() {
    Support found = known;
    if (found == null) {
      found = FeatureProbe.probe(this);
      known = found == Support.UNKNOWN ? null : found;
    }
    return found;
  }

  /** Fails with a sentence if the kernel is known to lack it. */
  public void require() {
    if (support() == Support.UNSUPPORTED) {
      throw new UnsupportedFeatureException(this, "this kernel has no " + text);
    }
  }
}
