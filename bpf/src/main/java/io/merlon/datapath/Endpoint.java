package io.merlon.datapath;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The pod behind an interface: a value of map {@code endpoints}.
 *
 * @param moreAddresses whether it owns more than stand here: then map addresses names its interface
 * @param end from when on it enforces whatever its mode, in seconds since boot, suspension
 *     included; 0: never
 * @param addresses at most two of each family
 */
public record Endpoint(
    int subject, Mode mode, boolean moreAddresses, int end, List<IpAddress> addresses) {
  private static final int MORE_ADDRESSES = 1;
  private static final int PER_FAMILY = 2;

  public static final Struct<Endpoint> CODEC =
      new Struct<>("endpoint", 52, Endpoint::write, Endpoint::read);

  public Endpoint {
    addresses = List.copyOf(addresses);
    for (boolean v6 : new boolean[] {false, true}) {
      long count = addresses.stream().filter(a -> a.v6() == v6).count();
      if (count > PER_FAMILY) {
        throw new IllegalArgumentException(count + " addresses of one family, at most two fit");
      }
    }
  }

  /** Whose mode does not end by itself. */
  public Endpoint(int subject, Mode mode, boolean moreAddresses, List<IpAddress> addresses) {
    this(subject, mode, moreAddresses, 0, addresses);
  }

  private void write(ByteBuffer out) {
    out.putInt(subject).put((byte) mode.code());
    out.put((byte) (moreAddresses ? MORE_ADDRESSES : 0)).putShort((short) 0);
    out.putInt(end);
    writeFamily(out, false, 4);
    writeFamily(out, true, 16);
  }

  private void writeFamily(ByteBuffer out, boolean v6, int size) {
    int written = 0;
    for (IpAddress address : addresses) {
      if (address.v6() == v6) {
        address.write(out);
        written++;
      }
    }
    Wire.pad(out, (PER_FAMILY - written) * size);
  }

  private static Endpoint read(ByteBuffer in) {
    int subject = in.getInt();
    Mode mode = Mode.of(Wire.u8(in));
    boolean more = (Wire.u8(in) & MORE_ADDRESSES) != 0;
    Wire.skip(in, 2);
    int end = in.getInt();
    List<IpAddress> addresses = new ArrayList<>();
    for (int i = 0; i < PER_FAMILY; i++) {
      addresses.add(IpAddress.read4(in));
    }
    for (int i = 0; i < PER_FAMILY; i++) {
      addresses.add(IpAddress.read6(in));
    }
    addresses.removeIf(a -> a.high() == 0 && a.low() == 0);
    return new Endpoint(subject, mode, more, end, addresses);
  }
}
