package io.merlon.agent.explain;

import io.merlon.agent.policy.Protocol;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A destination port of a protocol that has ports, written {@code 80/tcp}. */
public record PortSpec(Protocol protocol, int port) implements Comparable<PortSpec> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:/([A-Za-z]+))?");
  private static final int LAST = 65535;
  private static final Comparator<PortSpec> ORDER =
      Comparator.comparingInt(PortSpec::port).thenComparing(PortSpec::protocol);

  /** The port written in {@code text}, TCP if it names no protocol; null if it is none. */
  public static @Nullable PortSpec parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return null;
    }
    int port = Integer.parseInt(form.group(1));
    Protocol protocol =
        form.group(2) == null
            ? Protocol.TCP
            : Protocol.named(form.group(2).toUpperCase(Locale.ROOT));
    return protocol == null || port > LAST ? null : new PortSpec(protocol, port);
  }

  @Override
  public int compareTo(PortSpec other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return port + "/" + protocol.name().toLowerCase(Locale.ROOT);
  }
}
