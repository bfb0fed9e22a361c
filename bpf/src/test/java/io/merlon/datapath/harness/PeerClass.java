package io.merlon.datapath.harness;

/**
 * The class of an address. The node's own addresses are marked and always allowed; a service's
 * virtual addresses are marked so that the port is looked up among the services.
 */
public record PeerClass(int id, Kind kind) {
  /** What is special about the address. */
  public enum Kind {
    PLAIN,
    NODE,
    SERVICE
  }

  public static final PeerClass UNKNOWN = new PeerClass(0, Kind.PLAIN);

  public static PeerClass of(int id) {
    return new PeerClass(id, Kind.PLAIN);
  }

  public static PeerClass node(int id) {
    return new PeerClass(id, Kind.NODE);
  }

  public static PeerClass service(int id) {
    return new PeerClass(id, Kind.SERVICE);
  }
}
