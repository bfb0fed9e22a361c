package io.merlon.datapath.harness;

/** Packets and bytes. */
public record Count(long packets, long bytes) {
  public static final Count NONE = new Count(0, 0);

  public Count plus(long morePackets, long moreBytes) {
    return new Count(packets + morePackets, bytes + moreBytes);
  }

  public Count minus(Count earlier) {
    return new Count(packets - earlier.packets, bytes - earlier.bytes);
  }
}
