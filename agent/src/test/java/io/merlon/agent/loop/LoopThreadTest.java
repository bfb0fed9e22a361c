package io.merlon.agent.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.watch.SyncState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopThreadTest {
  private final CommandQueue queue = new CommandQueue(2, System::nanoTime);

  private LoopThread start(Datapath datapath) {
    LoopSettings settings =
        new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5));
    return LoopThread.start(
        new AgentLoop(
            settings,
            new AgentLoop.Parts(
                datapath,
                new IncrementalCompiler(CompileOptions.forNode("n1")),
                new PodInterfaces(InterfaceNaming.EKS)),
            System::nanoTime),
        queue);
  }

  @Test
  void saysThatItWasToldToEnd() throws InterruptedException {
    LoopThread thread = start(new PrintingDatapath(_ -> {}));
    assertTrue(thread.stop());
    assertTrue(thread.join());
  }

  @Test
  void saysThatItCouldNotGoOnAndLetsNobodyWait() throws InterruptedException {
    LoopThread thread = start(new PrintingDatapath(LoopThreadTest::mistake));
    queue.put(new AgentCommand.LinkChanged(new LinkEvent.Appeared(Shop.link(7, "web"))));
    queue.put(new AgentCommand.LinkChanged(new LinkEvent.Synced()));
    queue.put(new AgentCommand.ClusterChanged(List.of(Shop.pod("web", "10.0.0.1"))));
    queue.put(new AgentCommand.ClusterSynced(SyncState.ALL));
    assertFalse(thread.join());
    for (int i = 0; i < 5; i++) {
      queue.put(new AgentCommand.ClusterChanged(List.of(Shop.pod("p" + i, "")))); // it holds two
    }
  }

  @Test
  void endsWhenItIsDeaf() throws InterruptedException {
    LoopThread thread = start(new PrintingDatapath(_ -> {}));
    queue.put(new AgentCommand.LinkChanged(new LinkEvent.Ended("recvmsg: ENOMEM")));
    assertFalse(thread.join());
  }

  private static void mistake(String step) {
    throw new IllegalStateException("a mistake of ours at " + step);
  }
}
