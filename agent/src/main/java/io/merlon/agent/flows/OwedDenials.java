package io.merlon.agent.flows;

import io.merlon.agent.observe.EventReader;
import io.merlon.datapath.Denial;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of packets whose denial was suppressed, when no further packet of the flow does. The kernel
 * keeps their number in the flow's record until it tells it, with the next packet or when the
 * record is needed. It is final when the interval of denials is over: then it is told from here,
 * and taken off what the kernel tells of that record later. Nothing is written to the kernel.
 *
 * <p>All on the reader's thread: whatever the kernel told of a record before it was read here has
 * been read, or will be soon, so the record's entry outlives the record by one look.
 */
public final class OwedDenials implements EventReader.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(OwedDenials.class);
  private static final long EVERY = Duration.ofSeconds(5).toNanos();
  private static final int SUPPRESSED = 60;
  private static final byte KIND_SUPPRESSED = 3;
  private static final int KIND = 68;

  private final Kernel kernel;
  private final FlowPipeline pipeline;
  private final LongSupplier nanoTime;

  /** By the record's hash. */
  private final Map<Integer, Owed> told = new HashMap<>();

  private long looked;
  private int looks;
  private long suppressed = -1;
  private boolean pending;

  /** Where records are found. */
  public interface Kernel {
    int jiffiesPerSecond();

    /** Of a flow's denials one is told in so many jiffies. */
    int denialInterval();

    /** How many denials were suppressed so far. */
    long suppressed();

    /** Hands over the records of all processors that owe something. */
    void denials(Consumer<Denial> visitor);
  }

  /** What was told of a record that the kernel has still to tell. */
  private static final class Owed {
    long packets;
    int look;
  }

  /** Goes between the reader and the pipeline. */
  public OwedDenials(Kernel kernel, FlowPipeline pipeline) {
    this(kernel, pipeline, System::nanoTime);
  }

  OwedDenials(Kernel kernel, FlowPipeline pipeline, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.pipeline = pipeline;
    this.nanoTime = nanoTime;
    this.looked = nanoTime.getAsLong();
  }

  @Override
  public void accept(ByteBuffer event) {
    long owed = Integer.toUnsignedLong(event.getInt(event.position() + SUPPRESSED));
    Owed before = owed == 0 || told.isEmpty() ? null : told.get(Denial.told(event));
    long known = before == null ? 0 : Math.min(owed, before.packets);
    if (before != null) {
      before.packets -= known;
    }
    pipeline.accept(event, owed - known);
  }

  @Override
  public void looked() {
    pipeline.looked();
    if (nanoTime.getAsLong() - looked >= EVERY) {
      looked = nanoTime.getAsLong();
      try {
        look();
      } catch (RuntimeException unreadable) {
        LOG.atDebug().addKeyValue("reason", unreadable.getMessage()).log("no denials are readable");
      }
    }
  }

  /** There are 512 records for each processor: they are not read if nothing can have changed. */
  private void look() {
    long now = kernel.suppressed();
    OptionalLong jiffies = pipeline.jiffies(kernel.jiffiesPerSecond());
    if (jiffies.isEmpty() || (now == suppressed && !pending)) {
      return;
    }
    // What another process left was told by it.
    boolean first = suppressed < 0;
    int due = (int) jiffies.getAsLong() - kernel.denialInterval();
    pending = false;
    looks++;
    kernel.denials(denial -> look(denial, due, first));
    suppressed = now;
    told.values().removeIf(owed -> looks - owed.look > 1);
  }

  private void look(Denial denial, int due, boolean first) {
    boolean isDue = denial.stamp() - due <= 0 && denial.isWhole();
    if (!isDue) {
      pending = true;
    }
    Owed owed =
        isDue ? told.computeIfAbsent(denial.hash(), _ -> new Owed()) : told.get(denial.hash());
    if (owed == null) {
      return;
    }
    owed.look = looks;
    long packets = Integer.toUnsignedLong(denial.suppressed());
    if (isDue && packets > owed.packets) {
      if (!first) {
        ByteBuffer event = denial.event();
        event.put(KIND, KIND_SUPPRESSED);
        pipeline.tell(event, packets - owed.packets);
      }
      owed.packets = packets;
    }
  }
}
