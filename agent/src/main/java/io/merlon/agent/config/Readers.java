package io.merlon.agent.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How options are read; an exception says what is wrong with a value. */
final class Readers {
  static final String SWITCH = "true|false";

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{1,4}");
  private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_.-]{1,15}");
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");

  private Readers() {}

  /** The names of an enum's constants, as options spell them. */
  static <E extends Enum<E>> String choices(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Readers::spelled)
        .collect(Collectors.joining("|"));
  }

  static <E extends Enum<E>> E choice(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (spelled(constant).equals(text)) {
        return constant;
      }
    }
    throw wrong(text, "is none of " + choices(type).replace("|", ", "));
  }

  static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(text, "is neither true nor false");
    };
  }

  static Function<String, Integer> between(int least, int most) {
    return text -> {
      try {
        int number = Integer.parseInt(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw wrong(text, "is no whole number from " + least + " to " + most);
    };
  }

  static String name(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must not be empty");
    }
    return text;
  }

  static Path path(String text) {
    try {
      return Path.of(name(text));
    } catch (InvalidPathException e) {
      throw wrong(text, "is no path");
    }
  }

  static Optional<Path> pathIfAny(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(path(text));
  }

  static Optional<Path> socket(String text) {
    return text.equals("none") ? Optional.empty() : Optional.of(path(text));
  }

  static String trustDomain(String text) {
    if (!DOMAIN.matcher(text).matches()) {
      throw wrong(text, "is no SPIFFE trust domain");
    }
    return text;
  }

  static List<String> uplinkPrefixes(String text) {
    List<String> prefixes = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    for (String prefix : prefixes) {
      if (!DEVICE.matcher(prefix).matches()) {
        throw wrong(prefix, "is no prefix of interface names");
      }
    }
    return prefixes;
  }

  /** An interface's name has at most 15 characters, and eleven of them are the hash. */
  static List<String> prefixes(String text) {
    List<String> prefixes = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    for (String prefix : prefixes) {
      if (!PREFIX.matcher(prefix).matches()) {
        throw wrong(prefix, "is no prefix of interface names: one to four characters");
      }
    }
    return prefixes;
  }

  static SourceSetting source(String text) {
    if (text.equals("kubernetes")) {
      return new SourceSetting.Kubernetes();
    }
    if (text.startsWith("folder:") && text.length() > "folder:".length()) {
      return new SourceSetting.Folder(path(text.substring("folder:".length())));
    }
    throw wrong(text, "is neither kubernetes nor folder:PATH");
  }

  static FlowSetting flowLog(String text) {
    if (text.startsWith("file:") && text.length() > "file:".length()) {
      return new FlowSetting.File(path(text.substring("file:".length())));
    }
    return switch (text) {
      case "none" -> new FlowSetting.None();
      case "stdout" -> new FlowSetting.Stdout();
      default -> throw wrong(text, "is none of none, stdout, file:PATH");
    };
  }

  static Optional<URI> collector(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw wrong(text, "is no URL of http or https");
  }

  /** An address and a port; "none" is no address. */
  static Optional<InetSocketAddress> address(String text) {
    if (text.equals("none")) {
      return Optional.empty();
    }
    try {
      URI uri = URI.create("http://" + text);
      if (uri.getHost() != null && uri.getPort() >= 0 && uri.getAuthority().equals(text)) {
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        return Optional.of(InetSocketAddress.createUnresolved(host, uri.getPort()));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw wrong(text, "is neither ADDRESS:PORT nor none");
  }

  private static IllegalArgumentException wrong(String text, String reason) {
    return new IllegalArgumentException("\"" + text + "\" " + reason);
  }
}
