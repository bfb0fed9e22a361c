package io.merlon.datapath;

/** A key of maps {@code cidrs4} and {@code cidrs6}. */
public record CidrKey(IpAddress address, int prefix) {
  public static final Struct<CidrKey> V4 =
      new Struct<>(
          "cidr4_key",
          8,
          (k, out) -> k.address.write(out.putInt(k.prefix)),
          in -> {
            int prefix = in.getInt();
            return new CidrKey(IpAddress.read4(in), prefix);
          });

  public static final Struct<CidrKey> V6 =
      new Struct<>(
          "cidr6_key",
          20,
          (k, out) -> k.address.write(out.putInt(k.prefix)),
          in -> {
            int prefix = in.getInt();
            return new CidrKey(IpAddress.read6(in), prefix);
          });
}
