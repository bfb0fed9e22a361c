package io.merlon.datapath.harness;

import java.util.List;

/**
 * A pod's interface: which verdict table it is judged by, how, until when, and the addresses it
 * owns.
 */
public record Endpoint(int subject, Mode mode, End end, List<Address> own) {
  /** Of a mode: from then on the pod is enforced. */
  public enum End {
    NEVER,
    TO_COME,
    PAST
  }

  public Endpoint {
    own = List.copyOf(own);
  }

  /** Whose mode does not end by itself. */
  public Endpoint(int subject, Mode mode, List<Address> own) {
    this(subject, mode, End.NEVER, own);
  }

  public Endpoint withMode(Mode other) {
    return new Endpoint(subject, other, end, own);
  }

  public Endpoint withSubject(int other) {
    return new Endpoint(other, mode, end, own);
  }
}
