package io.merlon.datapath;

import io.merlon.bpf.Codec;
import java.nio.ByteBuffer;

/**
 * What an address is to policy: a value of the address and CIDR maps.
 *
 * @param ifindex of the local pod that owns the address, else 0
 */
public record Peer(int peerClass, boolean node, boolean service, int ifindex) {
  private static final int NODE = 0x80000000;
  private static final int SERVICE = 0x40000000;
  public static final int CLASS_MASK = 0x00ffffff;

  public static final Struct<Peer> CODEC =
      new Struct<>(
          "peer",
          8,
          (p, out) -> out.putInt(p.word()).putInt(p.ifindex),
          in -> of(in.getInt(), in.getInt()));

  /** Keys of map addresses4. */
  public static final Codec<IpAddress> KEY4 = new AddressCodec(false);

  /** Keys of map addresses6. */
  public static final Codec<IpAddress> KEY6 = new AddressCodec(true);

  public Peer {
    if ((peerClass & ~CLASS_MASK) != 0) {
      throw new IllegalArgumentException("class " + peerClass + " exceeds " + CLASS_MASK);
    }
  }

  public static Peer of(int peerClass) {
    return new Peer(peerClass, false, false, 0);
  }

  int word() {
    return peerClass | (node ? NODE : 0) | (service ? SERVICE : 0);
  }

  static Peer of(int word, int ifindex) {
    return new Peer(word & CLASS_MASK, (word & NODE) != 0, (word & SERVICE) != 0, ifindex);
  }

  private record AddressCodec(boolean v6) implements Codec<IpAddress> {
    @Override
    public int size() {
      return v6 ? 16 : 4;
    }

    @Override
    public void encode(IpAddress value, ByteBuffer out) {
      value.write(out);
    }

    @Override
    public IpAddress decode(ByteBuffer in) {
      return v6 ? IpAddress.read6(in) : IpAddress.read4(in);
    }
  }
}
