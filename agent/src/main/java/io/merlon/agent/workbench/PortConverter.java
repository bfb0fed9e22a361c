package io.merlon.agent.workbench;

import io.merlon.agent.explain.PortSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 80/tcp}. */
public final class PortConverter implements ITypeConverter<PortSpec> {
  @Override
  public PortSpec convert(String text) {
    PortSpec port = PortSpec.parse(text);
    if (port == null) {
      throw new TypeConversionException(
          "'" + text + "' is no port: write 80/tcp, 53/udp or 3868/sctp");
    }
    return port;
  }
}
