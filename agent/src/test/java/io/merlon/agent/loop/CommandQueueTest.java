package io.merlon.agent.loop;

import static io.merlon.agent.loop.Shop.appeared;
import static io.merlon.agent.loop.Shop.gonePod;
import static io.merlon.agent.loop.Shop.named;
import static io.merlon.agent.loop.Shop.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CommandQueueTest {
  private static final long LONG = Duration.ofSeconds(20).toNanos();

  private long now = 5;

  @Test
  void aBurstIsOneBatchWithTheLastWordOnEachObject() throws InterruptedException {
    CommandQueue queue = new CommandQueue(100, () -> now);
    tell(queue, pod("a", "10.0.0.1"));
    now = 9;
    tell(queue, pod("b", "10.0.0.2"));
    tell(queue, gonePod("a"));
    queue.put(new AgentCommand.ClusterSynced(SyncState.OWN_PODS));
    LinkEvent link = appeared(named(3, "eni3"));
    queue.put(new AgentCommand.LinkChanged(link));
    assertEquals(
        new Batch(
            List.of(pod("b", "10.0.0.2"), gonePod("a")),
            Optional.of(SyncState.OWN_PODS),
            List.of(link),
            false,
            5),
        queue.take(LONG));
    assertTrue(queue.take(0).isEmpty());
    tell(queue, pod("a", "10.0.0.1"));
    assertEquals(9, queue.take(LONG).since());
  }

  @Test
  void anIdleLoopIsWokenByTheFirstEvent() throws InterruptedException {
    CommandQueue queue = new CommandQueue(100, () -> now);
    Thread source = Thread.ofPlatform().start(() -> tell(queue, pod("a", "10.0.0.1")));
    assertEquals(List.of(pod("a", "10.0.0.1")), queue.take(LONG).cluster());
    source.join();
  }

  @Test
  void whoeverTellsTooMuchWaitsForTheLoop() throws InterruptedException {
    CommandQueue queue = new CommandQueue(2, () -> now);
    tell(queue, pod("a", ""), pod("b", ""));
    CountDownLatch through = new CountDownLatch(1);
    Thread source =
        Thread.ofPlatform()
            .start(() -> {
              tell(queue, pod("c", ""));
              through.countDown();
            });
    awaitBlocked(source);
    assertEquals(1, through.getCount());
    assertEquals(List.of(pod("a", ""), pod("b", "")), queue.take(LONG).cluster());
    through.await();
    assertEquals(List.of(pod("c", "")), queue.take(LONG).cluster());
    source.join();
  }

  @Test
  void aSourceThatIsInterruptedWhileItWaitsIsTold() throws InterruptedException {
    CommandQueue queue = new CommandQueue(1, () -> now);
    tell(queue, pod("a", ""));
    Thread.currentThread().interrupt();
    assertThrows(IllegalStateException.class, () -> tell(queue, pod("b", "")));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(pod("a", "")), queue.take(LONG).cluster());
  }

  @Test
  void afterTheEndNothingIsTakenIn() throws InterruptedException {
    CommandQueue queue = new CommandQueue(100, () -> now);
    tell(queue, pod("a", ""));
    queue.put(new AgentCommand.Stop());
    tell(queue, pod("b", ""));
    Batch last = queue.take(LONG);
    assertTrue(last.stop());
    assertEquals(List.of(pod("a", "")), last.cluster());
    assertFalse(last.isEmpty());
  }

  private static void tell(CommandQueue queue, ClusterEvent... events) {
    queue.put(new AgentCommand.ClusterChanged(List.of(events)));
  }

  private static void awaitBlocked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
