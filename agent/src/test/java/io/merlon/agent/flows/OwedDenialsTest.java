package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.Waiting;
import io.merlon.datapath.Denial;
import io.merlon.datapath.Event;
import io.merlon.datapath.Mode;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kernel on paper that keeps what it suppressed until the next packet. */
class OwedDenialsTest {
  private static final int HZ = 100;
  private static final int INTERVAL = 10 * HZ;

  private final ToldDenials told = new ToldDenials();
  private final FlowPipeline pipeline = told.pipeline();
  private final PaperKernel kernel = new PaperKernel();
  private long nanos;
  private final OwedDenials owed = new OwedDenials(kernel, pipeline, () -> nanos);

  private final class PaperKernel implements OwedDenials.Kernel {
    private final Map<Integer, int[]> records = new HashMap<>();
    private int jiffies = 1;
    private int reads;
    private long suppressed;

    @Override
    public int jiffiesPerSecond() {
      return HZ;
    }

    @Override
    public int denialInterval() {
      return INTERVAL;
    }

    @Override
    public long suppressed() {
      return suppressed;
    }

    @Override
    public void denials(Consumer<Denial> visitor) {
      reads++;
      records.forEach((peer, record) -> {
        if (record[1] > 0) {
          visitor.accept(new Denial(hash(peer), record[0], record[1], event(peer, 0)));
        }
      });
    }

    /** Packets to a peer, as event.h deals with them. */
    void deny(int peer, int packets) {
      for (int i = 0; i < packets; i++) {
        int[] record = records.get(peer);
        if (record != null && jiffies - record[0] < INTERVAL) {
          record[1]++;
          suppressed++;
        } else {
          records.put(peer, new int[] {jiffies, 0});
          owed.accept(event(peer, record == null ? 0 : record[1]));
        }
      }
    }

    private ByteBuffer event(int peer, int suppressed) {
      ByteBuffer event = SampleEvent.of(peer, Event.Kind.DENIED, Mode.ENFORCE);
      return event.putLong(0, jiffies).putInt(60, suppressed).putInt(76, hash(peer));
    }

    private static int hash(int peer) {
      return peer | 1 << 31;
    }
  }

  /** The clock's own flow, so that the kernel's time is known; and a look. */
  private void after(int seconds) {
    kernel.jiffies += seconds * HZ;
    nanos += TimeUnit.SECONDS.toNanos(seconds);
    owed.accept(kernel.event(0, 0));
    owed.looked();
  }

  @BeforeEach
  void begin() {
    after(6);
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  private long packets(int peer) {
    return told.packets(peer);
  }

  private void await(int peer, long packets) {
    Waiting.until(
        packets + " packets are told",
        () -> {
          pipeline.looked();
          return packets(peer) >= packets;
        });
    assertEquals(packets, packets(peer));
  }

  @Test
  void theLastOfADenialAreToldThoughNothingFollows() {
    kernel.deny(7, 100);
    after(6);
    after(6);
    after(6);
    await(7, 100);
    after(6);
    after(6);
    await(7, 100);
  }

  @Test
  void whatWasToldIsNotToldAgainWithTheNextPacket() {
    kernel.deny(7, 100);
    after(20);
    after(20);
    await(7, 100);
    kernel.deny(7, 50);
    await(7, 101);
    after(20);
    after(20);
    await(7, 150);
  }

  /** The last suppressed are told with the flow's next packet, if that comes first. */
  @Test
  void whatTheKernelTellsIsToldOnce() {
    kernel.deny(7, 100);
    after(6);
    kernel.jiffies += INTERVAL;
    kernel.deny(7, 1);
    await(7, 101);
    after(20);
    after(20);
    await(7, 101);
  }

  /** A ring that is full makes the kernel keep what it owes, and go on. */
  @Test
  void whatTheKernelCouldNotTellIsNotToldTwice() {
    kernel.deny(7, 10);
    after(20);
    await(7, 10);
    int[] record = kernel.records.getOrDefault(7, new int[2]);
    record[0] = kernel.jiffies;
    kernel.deny(7, 5);
    after(20);
    await(7, 15);
  }

  @Test
  void whereNothingIsDeniedNothingIsRead() {
    int reads = kernel.reads;
    after(6);
    after(6);
    assertEquals(reads, kernel.reads);
    kernel.deny(7, 2);
    after(20);
    int then = kernel.reads;
    after(20);
    after(20);
    assertEquals(then, kernel.reads);
    await(7, 2);
  }

  /** What was due before this process began was told by the one before. */
  @Test
  void whatWasToldByAnotherProcessIsNotToldAgain() {
    kernel.deny(7, 100);
    kernel.jiffies += 2 * INTERVAL;
    OwedDenials next = new OwedDenials(kernel, pipeline, () -> nanos);
    nanos += TimeUnit.SECONDS.toNanos(6);
    next.accept(kernel.event(0, 0));
    next.looked();
    kernel.deny(8, 1);
    await(8, 1);
    assertEquals(1, packets(7));
    next.accept(kernel.event(7, 99));
    await(7, 2);
  }

  /** A pipeline whose sink adds up packets by their peer. */
  private static final class ToldDenials implements FlowSink {
    private final Map<String, Long> packets = new ConcurrentHashMap<>();

    FlowPipeline pipeline() {
      return Pipelines.to(List.of(this));
    }

    long packets(int peer) {
      return packets.getOrDefault("10.1.0." + peer, 0L);
    }

    @Override
    public void accept(List<Flow> flows) {
      for (Flow flow : flows) {
        packets.merge(
            flow.destination().address().toString(),
            flow.amount().packets() + flow.amount().suppressed(),
            Long::sum);
      }
    }

    @Override
    public long lost() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
