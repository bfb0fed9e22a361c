package io.merlon.datapath.harness;

/** A prefix; host bits are masked away. */
public record Cidr(Address address, int bits) {
  public Cidr {
    address = address.masked(bits);
  }

  public static Cidr of(String text) {
    int slash = text.indexOf('/');
    return new Cidr(
        Address.of(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  public boolean contains(Address candidate) {
    return candidate.family() == address.family() && candidate.masked(bits).equals(address);
  }

  @Override
  public String toString() {
    return address + "/" + bits;
  }
}
