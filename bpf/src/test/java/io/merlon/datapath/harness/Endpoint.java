package io.merlon.datapath.harness;

import java.util.List;

/** A pod's interface: which verdict table it is judged by, how, and the addresses it owns. */
public record Endpoint(int subject, Mode mode, List<Address> own) {
  public Endpoint {
    own = List.copyOf(own);
  }

  public Endpoint withMode(Mode other) {
    return new Endpoint(subject, other, own);
  }

  public Endpoint withSubject(int other) {
    return new Endpoint(other, mode, own);
  }
}
