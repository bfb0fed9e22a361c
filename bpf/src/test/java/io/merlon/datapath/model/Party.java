package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Mode;
import java.util.List;

/**
 * The pod a packet is judged for: what it is, how strictly, and which addresses it owns.
 *
 * @param arrived whether a mark names it: then the packet goes to a backend, never to a service
 * @param sends whether the packet comes from it: nothing that arrives is its own
 */
record Party(int subject, Mode mode, List<Address> own, boolean arrived, boolean sends) {

  static Party of(Endpoint endpoint, boolean sends) {
    Mode mode = endpoint.end() == Endpoint.End.PAST ? Mode.ENFORCE : endpoint.mode();
    return new Party(endpoint.subject(), mode, endpoint.own(), false, sends);
  }

  /** For what an error quotes, which went the other way. */
  Party ofQuoted() {
    return new Party(subject, mode, own, arrived, !sends);
  }

  boolean isAlone(Opening opening) {
    return sends && owns(opening.pod()) && owns(opening.peer());
  }

  /** The source pod as a mark names it: bit 15, then two bits of mode and twelve of subject. */
  static Party marked(int mark) {
    Mode mode =
        switch (mark >> 12 & 3) {
          case 1 -> Mode.AUDIT;
          case 2 -> Mode.OBSERVE;
          default -> Mode.ENFORCE;
        };
    return new Party(mark & 0xfff, mode, List.of(), true, true);
  }

  static boolean isMark(int mark) {
    return (mark & 0x8000) != 0;
  }

  boolean owns(Address address) {
    return own.contains(address);
  }

  boolean enforced() {
    return mode == Mode.ENFORCE;
  }
}
