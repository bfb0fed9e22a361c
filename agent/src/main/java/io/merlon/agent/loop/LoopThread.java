package io.merlon.agent.loop;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread the loop belongs to. It ends after {@link AgentCommand.Stop}. */
public final class LoopThread {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CommandQueue queue;
  private final Thread thread;
  private volatile boolean stopped;

  private LoopThread(AgentLoop loop, CommandQueue queue) {
    this.queue = queue;
    this.thread = Thread.ofPlatform().name("merlon-loop").unstarted(() -> run(loop));
  }

  public static LoopThread start(AgentLoop loop, CommandQueue queue) {
    LoopThread running = new LoopThread(loop, queue);
    running.thread.start();
    return running;
  }

  private void run(AgentLoop loop) {
    try {
      long wait = 0;
      Batch batch;
      do {
        batch = queue.take(wait);
        wait = loop.doWork(batch);
      } while (!batch.stop());
      stopped = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failure) {
      LOG.atError().setCause(failure).log("the loop cannot go on");
    } finally {
      queue.put(new AgentCommand.Stop()); // nobody is to wait for room any more
    }
  }

  /** Ends it and waits for it; whether it ended in time. */
  public boolean stop() throws InterruptedException {
    queue.put(new AgentCommand.Stop());
    return thread.join(PATIENCE);
  }

  /** Waits until it ends; whether that is because it was told to. */
  public boolean join() throws InterruptedException {
    thread.join();
    return stopped;
  }
}
