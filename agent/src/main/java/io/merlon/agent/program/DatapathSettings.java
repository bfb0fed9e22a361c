package io.merlon.agent.program;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the datapath is set up.
 *
 * @param root the folder of pins, on a BPF file system
 * @param hook how programs are attached
 * @param clsactPriority of our filters where tcx is not used: lower runs earlier
 * @param entries sizes of maps by their names, where they are not the default
 * @param verifySource whether packets from a pod must have an address of the pod
 * @param unknownAllowed whether packets pass while nothing is known of their pod
 * @param ethertypeAllowed whether frames that are neither IP nor ARP pass
 */
public record DatapathSettings(
    Path root,
    HookKind hook,
    int clsactPriority,
    Map<String, Integer> entries,
    boolean verifySource,
    boolean unknownAllowed,
    boolean ethertypeAllowed) {
  /** Runs before what people attach by hand, so that nobody's "pass" goes around it. */
  public static final int CLSACT_PRIORITY = 1;

  /** The two ways of the kernel. */
  public enum HookKind {
    /** Filters for new interfaces, links for those that stay; filters alone before Linux 6.6. */
    BEST,
    TCX,
    CLSACT
  }

  public DatapathSettings {
    entries = Map.copyOf(entries);
  }

  /** The defaults, with pins at {@code root}. */
  public static DatapathSettings at(Path root) {
    return new DatapathSettings(root, HookKind.BEST, CLSACT_PRIORITY, Map.of(), true, false, false);
  }
}
