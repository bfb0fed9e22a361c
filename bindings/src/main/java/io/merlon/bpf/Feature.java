package io.merlon.bpf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Abilities that not every supported kernel, or not every libbpf, has. */
public enum Feature {
  /** Links of programs to interfaces. */
  TCX(
      "tcx links (kernel 6.6)",
      "bpf_link_create",
      "bpf_link_update",
      "bpf_link_detach",
      "bpf_prog_query"),
  /** Programs as filters of the clsact qdisc. */
  CLSACT(
      "clsact filters (kernel 4.5)",
      "bpf_tc_hook_create",
      "bpf_tc_hook_destroy",
      "bpf_tc_attach",
      "bpf_tc_detach",
      "bpf_tc_query"),
  /** Many map entries per call. */
  BATCH_OPS(
      "map batches (kernel 5.6)",
      "bpf_map_update_batch",
      "bpf_map_lookup_batch",
      "bpf_map_lookup_and_delete_batch",
      "bpf_map_delete_batch"),
  /** Ring buffer maps. */
  RING_BUFFER("ring buffers (kernel 5.8)"),
  /** Longest-prefix-match tries. */
  LPM_TRIE("longest-prefix-match maps (kernel 4.11)"),
  /** Type information the kernel takes with an object. */
  BTF("type information of objects (kernel 4.18)", "bpf_btf_load"),
  /** The kernel's own type information. */
  KERNEL_BTF("type information of its own (CONFIG_DEBUG_INFO_BTF)"),
  /** Arrays whose memory user space can map. */
  MAPPED_ARRAY("mappable arrays (kernel 5.5)"),
  /** Atomic fetch, exchange and compare-and-exchange in programs. */
  ATOMICS("atomic instructions (kernel 5.12)"),
  /** Loops the verifier follows to their end. */
  BOUNDED_LOOPS("bounded loops (kernel 5.3)"),
  /** Run time and run count of programs. */
  RUN_STATISTICS("run statistics (kernel 5.8)", "bpf_enable_stats");

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> symbols;

  /** What a probe found; unknown is never kept, as privileges may come later. */
  @SuppressWarnings("ImmutableEnumChecker") // a cache of a fact that does not change
  private volatile @Nullable Support known;

  Feature(String text, String... symbols) {
    this.text = text;
    this.symbols = List.of(symbols);
  }

  /** What it is and which kernel brought it. */
  public String text() {
    return text;
  }

  /** The functions of libbpf that only this feature needs. */
  List<String> symbols() {
    return symbols;
  }

  /** Asks libbpf and the running kernel, once. */
  public Support support() {
    Support found = known;
    if (found == null) {
      Library.require();
      found = Library.offers(this) ? FeatureProbe.probe(this) : Support.UNSUPPORTED;
      known = found == Support.UNKNOWN ? null : found;
    }
    return found;
  }

  /** Fails with a sentence if libbpf or the kernel is known to lack it. */
  public void require() {
    Library.require(this);
    if (support() == Support.UNSUPPORTED) {
      throw new UnsupportedFeatureException(this, "this kernel has no " + text);
    }
  }
}
