package io.merlon.datapath;

import io.merlon.datapath.bench.Cpu;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Plays a story on one processor, or all of a class that it extends. The records of denials are
 * each processor's own; and what one put into a map that evicts is not evicted before that one has
 * put something like a hundred more into it, whatever others do.
 */
final class OneProcessor implements InvocationInterceptor {
  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> story,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context) {
    run(() -> {
      try {
        story.proceed();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    });
  }

  static void run(Runnable story) {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              Cpu.pinThread(0);
              story.run();
            },
            true);
    Thread.ofPlatform().start(task);
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
