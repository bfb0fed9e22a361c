package io.merlon.agent.lab;

import io.merlon.netlink.ThreadNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A network namespace, and a thread of this process that lives in it: sockets opened there belong
 * to it, so a pod needs no process of its own.
 */
final class LabNamespace implements AutoCloseable {
  private static final Path NAMES = Path.of("/run/netns");
  private static final int SECONDS = 60;

  private final String name;
  private final ExecutorService inside;

  private LabNamespace(String name) {
    this.name = name;
    this.inside =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("inside " + name).factory());
  }

  static LabNamespace create(String name) {
    Shell.run(List.of("ip", "netns", "add", name), "");
    LabNamespace namespace = new LabNamespace(name);
    namespace.call(() -> {
      ThreadNamespace.enter(namespace.path());
      return true;
    });
    // An address would otherwise be tentative, hence unusable, for a second or two.
    namespace.sysctl("net/ipv6/conf/all/accept_dad", "0");
    namespace.sysctl("net/ipv6/conf/default/accept_dad", "0");
    namespace.sysctl("net/ipv4/conf/all/rp_filter", "0");
    namespace.sysctl("net/ipv4/conf/default/rp_filter", "0");
    namespace.ip("link set lo up");
    return namespace;
  }

  String name() {
    return name;
  }

  Path path() {
    return NAMES.resolve(name);
  }

  /** Does something inside. */
  <T> T call(Callable<T> work) {
    try {
      return inside.submit(work).get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new LabException("in " + name + ": " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("in " + name + ": interrupted");
    } catch (TimeoutException e) {
      throw new LabException("in " + name + ": busy for " + SECONDS + " s");
    }
  }

  /** Runs commands of ip(8), each without its leading {@code ip}. */
  void ip(String... commands) {
    ip(List.of(commands));
  }

  void ip(List<String> commands) {
    Shell.run(List.of("ip", "-n", name, "-batch", "-"), String.join("\n", commands) + "\n");
  }

  /** Sets a kernel parameter of the namespace, named by its path below /proc/sys. */
  void sysctl(String path, String value) {
    call(() -> Files.writeString(Path.of("/proc/sys", path), value));
  }

  void forward() {
    sysctl("net/ipv4/ip_forward", "1");
    sysctl("net/ipv6/conf/all/forwarding", "1");
  }

  @Override
  public void close() {
    inside.shutdownNow();
    try {
      // The thread holds the namespace.
      if (!inside.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
        throw new LabException("still busy: " + name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Shell.run(List.of("ip", "netns", "delete", name), "");
  }
}
