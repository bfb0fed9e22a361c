package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.FIN;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.bench.Cpu;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload.Udp;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A flow's packets on one processor and another. What is counted is counted on each and read as
 * one; flows and fragments are all processors' own, records of denials each one's.
 */
class ProcessorsPacketTest extends KernelStory {
  private List<ExecutorService> processors = List.of();

  @BeforeEach
  void someEgress() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), OTHER_RULE));
    int count = Runtime.getRuntime().availableProcessors();
    assertTrue(count > 1, "one processor is too few to be crossed");
    processors =
        IntStream.range(0, count)
            .mapToObj(cpu -> Executors.newSingleThreadExecutor(work -> pinned(cpu, work)))
            .toList();
  }

  private static Thread pinned(int cpu, Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .unstarted(() -> {
          Cpu.pinThread(cpu);
          work.run();
        });
  }

  @AfterEach
  void letGo() {
    processors.forEach(ExecutorService::shutdownNow);
  }

  private void on(int processor, Runnable packets) {
    try {
      processors.get(processor).submit(packets).get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aConnectionIsTheSameOnEach() {
    on(0, () -> passesOut(out(SYN)));
    on(1, () -> passesIn(back(SYN | ACK)));
    on(0, () -> passesOut(out(ACK)));
    on(1, () -> passesOut(out(ACK)));
    assertEquals(State.OPEN, flow().state());
    assertEquals(3, flow().egress().packets());
    assertEquals(1, flow().ingress().packets());
    on(1, () -> passesOut(out(FIN | ACK)));
    on(0, () -> passesIn(back(FIN | ACK)));
    assertEquals(State.CLOSED, flow().state());
    assertEquals(6, counted(RULE));
  }

  @Test
  void aCountIsTheSumOfAll() {
    for (int processor = 0; processor < processors.size(); processor++) {
      int port = 1000 + processor;
      on(processor, () -> passesOut(leaving(cast.friend()).udp(port, 53)));
      on(processor, () -> dropsOut(leaving(cast.friend()).udp(port, 54)));
      on(processor, () -> passesOut(leaving(cast.node()).udp(port, 54)));
    }
    assertEquals(processors.size(), counted(OTHER_RULE));
    assertEquals(processors.size(), counted(DENIED));
    assertEquals(processors.size(), counted(Code.NODE, EGRESS));
  }

  @Test
  void aNarrowingCutsOnEach() {
    on(0, () -> passesOut(out(SYN)));
    on(1, () -> passesIn(back(SYN | ACK)));
    policy(isolated());
    datapath.bumpEpoch();
    on(1, () -> dropsIn(back(ACK)));
    on(0, () -> dropsOut(out(ACK)));
    on(1, () -> dropsOut(out(ACK)));
    assertTrue(flow().revoked());
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
    on(0, () -> passesOut(out(ACK)));
    on(1, () -> passesIn(back(ACK)));
    assertFalse(flow().revoked());
  }

  @Test
  void piecesFollowAFirstThatAnotherSaw() {
    Packet whole = leaving(cast.friend()).with(new Udp(40000, 53, 56));
    on(0, () -> passesOut(whole.fragment(0, 24, 7)));
    on(1, () -> passesOut(whole.fragment(24, 48, 7)));
    Packet denied = leaving(cast.friend()).with(new Udp(40000, 54, 56));
    on(1, () -> dropsOut(denied.fragment(0, 24, 8)));
    on(0, () -> dropsOut(denied.fragment(24, 48, 8)));
    assertEquals(2, counted(OTHER_RULE));
    assertEquals(1, counted(DENIED));
    assertEquals(1, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
  }

  @Test
  void aPacketIsJudgedByNothingOfAnotherProcessors() {
    on(0, () -> passesOut(leaving(cast.friend()).udp(40000, 53)));
    on(1, () -> dropsOut(leaving(cast.stranger()).udp(40000, 53)));
    on(0, () -> dropsOut(leaving(cast.friend()).udp(40000, 54)));
    on(1, () -> passesOut(leaving(cast.friend()).udp(40000, 53)));
    assertEquals(2, counted(OTHER_RULE));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void eachTellsOfADenialOnceAndKeepsItsOwnReckoning() {
    datapath.events(true, true);
    Packet denied = leaving(cast.stranger()).udp(7, 53);
    for (int again = 0; again < 3; again++) {
      on(0, () -> dropsOut(denied));
    }
    on(1, () -> dropsOut(denied));
    on(1, () -> dropsOut(denied));
    assertEquals(2, datapath.drainEvents().size());
    assertEquals(3, datapath.stat(Stat.EVENTS_SUPPRESSED));
    datapath.elapse(14);
    on(1, () -> dropsOut(denied));
    on(0, () -> dropsOut(denied));
    assertEquals(List.of(1, 2), datapath.drainEvents().stream().map(Event::suppressed).toList());
    assertEquals(7, counted(DENIED));
  }
}
