package io.merlon.agent.loop;

import java.time.Duration;

/** The thread the loop belongs to. It ends after {@link AgentCommand.Stop}. */
public final class LoopThread {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CommandQueue queue;
  private final Thread thread;

  private LoopThread(AgentLoop loop, CommandQueue queue) {
    this.queue = queue;
    this.thread = Thread.ofPlatform().name("merlon-loop").unstarted(() -> run(loop, queue));
  }

  public static LoopThread start(AgentLoop loop, CommandQueue queue) {
    LoopThread running = new LoopThread(loop, queue);
    running.thread.start();
    return running;
  }

  private static void run(AgentLoop loop, CommandQueue queue) {
    try {
      long wait = 0;
      Batch batch;
      do {
        batch = queue.take(wait);
        wait = loop.doWork(batch);
      } while (!batch.stop());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it and waits for it; whether it ended in time. */
  public boolean stop() throws InterruptedException {
    queue.put(new AgentCommand.Stop());
    return thread.join(PATIENCE);
  }

  /** Waits until it ends, for whatever reason. */
  public void join() throws InterruptedException {
    thread.join();
  }
}
