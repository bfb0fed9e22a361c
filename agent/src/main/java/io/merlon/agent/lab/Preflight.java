package io.merlon.agent.lab;

import io.merlon.bpf.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the lab needs of a machine, each lack in one sentence that names the remedy. */
public final class Preflight {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final String CAPABILITIES = "CapEff:";

  /** CAP_NET_ADMIN and CAP_SYS_ADMIN, see capabilities(7). */
  private static final long NEEDED = 1L << 12 | 1L << 21;

  private Preflight() {}

  public static void check() {
    privileges(statusLine());
    kernel(System.getProperty("os.version", ""));
    Feature.RING_BUFFER.require();
  }

  static void privileges(String capabilities) {
    long effective = Long.parseUnsignedLong(capabilities, 16);
    if ((effective & NEEDED) != NEEDED) {
      throw new LabException("network namespaces and BPF need root: run this as root");
    }
  }

  static void kernel(String release) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      throw new LabException(
          "kernel release " + release + " is not known: boot Linux 5.10 or newer");
    }
    int major = Integer.parseInt(matcher.group(1));
    int minor = Integer.parseInt(matcher.group(2));
    if (major < 5 || (major == 5 && minor < 10)) {
      throw new LabException("kernel " + release + " is too old: boot Linux 5.10 or newer");
    }
  }

  private static String statusLine() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(CAPABILITIES))
          .map(line -> line.substring(CAPABILITIES.length()).strip())
          .findFirst()
          .orElse("0");
    } catch (IOException e) {
      throw new LabException("capabilities of this process: " + e.getMessage());
    }
  }
}
