package io.merlon.agent.policy;

import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.identity.Cidr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads blocks of addresses; null stands for an invalid one, which is then among the problems. */
final class BlockReader {
  private BlockReader() {}

  static PeerSelector.@Nullable Block read(
      NetworkPolicy.IpBlock written, String field, ProblemList problems) {
    Cidr cidr = cidr(written.cidr(), field + ".cidr", problems);
    boolean valid = cidr != null;
    List<Cidr> except = new ArrayList<>();
    for (int i = 0; i < written.except().size(); i++) {
      String place = field + ".except[" + i + "]";
      Cidr part = cidr(written.except().get(i), place, problems);
      if (part == null) {
        valid = false;
      } else if (cidr != null && part.base().bits() != cidr.base().bits()) {
        problems.add(place, part + " is of another family than " + cidr);
        valid = false;
      } else {
        except.add(part);
      }
    }
    return valid && cidr != null ? new PeerSelector.Block(cidr, except) : null;
  }

  static @Nullable Cidr cidr(String written, String field, ProblemList problems) {
    Cidr cidr = Cidr.parse(written);
    if (cidr == null) {
      problems.add(field, "not a cidr: \"" + written + "\"");
    }
    return cidr;
  }
}
