package io.merlon.agent;

import io.merlon.agent.program.Datapath;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** A datapath being opened by a thread of its own; then it is the one's who waited for it. */
record Opening(FutureTask<Datapath> task) {
  static Opening begin(Supplier<Datapath> open) {
    FutureTask<Datapath> task = new FutureTask<>(open::get);
    Thread.ofPlatform().name("merlon-open").daemon().start(task);
    return new Opening(task);
  }

  Datapath end() throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
