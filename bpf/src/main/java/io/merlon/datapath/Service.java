package io.merlon.datapath;

/**
 * What is behind a virtual address and port.
 *
 * @param node whether all of it is this node itself
 * @param port the target port
 * @param mixed whether backends differ, so that each connection is judged by the one it reaches
 */
public record Service(int peerClass, boolean node, int port, boolean mixed) {
  private static final int MIXED = 1;

  public static final Struct<Service> CODEC =
      new Struct<>(
          "service",
          8,
          (s, out) ->
              out.putInt(new Peer(s.peerClass, s.node, false, 0).word())
                  .putShort((short) s.port)
                  .putShort((short) (s.mixed ? MIXED : 0)),
          in -> {
            Peer peer = Peer.of(in.getInt(), 0);
            return new Service(
                peer.peerClass(), peer.node(), Wire.u16(in), (Wire.u16(in) & MIXED) != 0);
          });
}
