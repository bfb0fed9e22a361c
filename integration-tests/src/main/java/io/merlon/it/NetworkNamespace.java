package io.merlon.it;

import io.merlon.netlink.ThreadNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A network namespace under a name no other process uses; closed, it is gone as soon as the last
 * socket in it is closed too, and the process that it belongs to has ended.
 *
 * <p>One thread of this process lives in it and does what {@link #call} is given: sockets opened
 * and programs attached there belong to the namespace, so neither needs a process of its own.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final int SECONDS = 60;

  private final String name;
  private final ExecutorService inside;

  private NetworkNamespace(String name) {
    this.name = name;
    this.inside =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("inside " + name).factory());
  }

  /** Creates one, its loopback up. */
  public static NetworkNamespace create(String label) {
    return named(label, name -> List.of("ip", "netns", "add", name));
  }

  /** The one a process lives in. */
  public static NetworkNamespace of(long process, String label) {
    return named(label, name -> List.of("ip", "netns", "attach", name, Long.toString(process)));
  }

  private static NetworkNamespace named(String label, Function<String, List<String>> making) {
    long pid = ProcessHandle.current().pid();
    String name = "merlon-%d-%d-%s".formatted(pid, NEXT.getAndIncrement(), label);
    Command.run(making.apply(name), "").succeeded();
    NetworkNamespace namespace = new NetworkNamespace(name);
    try {
      namespace.run(() -> ThreadNamespace.enter(Path.of("/run/netns", name)));
      // Container engines switch IPv6 off where they wire nothing.
      namespace.sysctl("net/ipv6/conf/all/disable_ipv6", "0");
      // An address would otherwise be tentative, hence unusable, for a second or two.
      namespace.sysctl("net/ipv6/conf/all/accept_dad", "0");
      namespace.sysctl("net/ipv6/conf/default/accept_dad", "0");
      namespace.configure("link set lo up");
      return namespace;
    } catch (RuntimeException failure) {
      namespace.close();
      throw failure;
    }
  }

  public String name() {
    return name;
  }

  /** Does something inside. */
  public <T> T call(Callable<T> work) {
    try {
      return inside.submit(work).get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("in namespace " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in namespace " + name, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("busy for " + SECONDS + " s: namespace " + name, e);
    }
  }

  /** Does something inside that has no result. */
  public void run(Runnable work) {
    call(Executors.callable(work, true));
  }

  /** Runs a command inside and returns what it printed; failing is an error. */
  public String execute(String... command) {
    return attempt(command).succeeded();
  }

  /** Runs a command inside that may fail. */
  Command attempt(String... command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
    line.addAll(List.of(command));
    return Command.run(line, "");
  }

  /** Runs commands of ip(8), each without its leading {@code ip}. */
  public void configure(String... commands) {
    Command.run(List.of("ip", "-n", name, "-batch", "-"), String.join("\n", commands) + "\n")
        .succeeded();
  }

  /** Sets a kernel parameter of the namespace, named by its path below /proc/sys. */
  public void sysctl(String path, String value) {
    call(() -> Files.writeString(Path.of("/proc/sys", path), value));
  }

  /** Reads a file of the namespace's /proc/net. */
  public List<String> procNet(String file) {
    return call(() -> Files.readAllLines(Path.of("/proc/thread-self/net", file)));
  }

  /** Whether the name is still there, in use or not. */
  public boolean exists() {
    return Files.exists(Path.of("/run/netns", name));
  }

  @Override
  public void close() {
    inside.shutdownNow();
    try {
      // The thread holds the namespace.
      if (!inside.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("still busy: namespace " + name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Command.run(List.of("ip", "netns", "delete", name), "").succeeded();
    }
  }
}
