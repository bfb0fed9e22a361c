package io.merlon.agent.interfaces;

import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.List;

/**
 * The names a pod's interfaces may have on this node.
 *
 * @param prefixes of the VPC CNI's names; none where another CNI names them
 * @param further how many interfaces a pod may have besides its first
 */
public record InterfaceNaming(List<String> prefixes, int further) {
  /** The VPC CNI's defaults: ordinary pods, and those with a branch network interface. */
  public static final InterfaceNaming EKS = new InterfaceNaming(List.of("eni", "vlan"), 4);

  public InterfaceNaming {
    prefixes = List.copyOf(prefixes);
  }

  /**
   * The names of one pod's interfaces.
   *
   * @param first of its first interface, which no other pod's first has
   * @param further of those besides; a pod may have the first of such a name (the CNI hashes {@code
   *     shop.web.1} for {@code web}'s second and for {@code web.1}'s first)
   */
  record Names(List<String> first, List<String> further) {
    Names {
      first = List.copyOf(first);
      further = List.copyOf(further);
    }

    List<String> all() {
      List<String> all = new ArrayList<>(first);
      all.addAll(further);
      return all;
    }
  }

  Names names(PodRef pod) {
    List<String> first = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String prefix : prefixes) {
      VpcCniNaming naming = new VpcCniNaming(prefix);
      first.add(naming.hostInterface(pod));
      for (int index = 1; index <= further; index++) {
        others.add(naming.hostInterface(pod, index));
      }
    }
    return new Names(first, others);
  }
}
