package io.merlon.agent.interfaces;

import io.merlon.netlink.ThreadNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A network namespace without a name, which ends with its one thread. */
public final class OwnNamespace implements AutoCloseable {
  private final ExecutorService inside =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("own-ns").factory());

  public OwnNamespace() {
    run(ThreadNamespace::enterNew);
  }

  public <T> T call(Callable<T> work) {
    try {
      return inside.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public void run(Runnable work) {
    call(Executors.callable(work));
  }

  /** Runs commands of ip(8), each without its leading {@code ip}. */
  public void ip(String... commands) {
    run(() -> execute(List.of("ip", "-batch", "-"), String.join("\n", commands) + "\n"));
  }

  /** A command that goes on inside. */
  public Process start(String... command) {
    return call(() -> new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  public static String execute(List<String> command, String input) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
        in.write(input);
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " " + input + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    inside.shutdownNow();
  }
}
