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

  List<String> names(PodRef pod) {
    List<String> names = new ArrayList<>();
    for (String prefix : prefixes) {
      VpcCniNaming naming = new VpcCniNaming(prefix);
      names.add(naming.hostInterface(pod));
      for (int index = 1; index <= further; index++) {
        names.add(naming.hostInterface(pod, index));
      }
    }
    return names;
  }
}
