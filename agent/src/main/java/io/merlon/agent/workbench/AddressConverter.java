package io.merlon.agent.workbench;

import io.merlon.agent.identity.Address;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an IPv4 or IPv6 address. */
public final class AddressConverter implements ITypeConverter<Address> {
  @Override
  public Address convert(String text) {
    Address address = Address.parse(text);
    if (address == null) {
      throw new TypeConversionException("'" + text + "' is no IP address");
    }
    return address;
  }
}
