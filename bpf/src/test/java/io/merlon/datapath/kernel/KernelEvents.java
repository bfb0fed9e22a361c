package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import io.merlon.bpf.PerCpu;
import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Mode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ring buffer, and the record of each recent denial that keeps it from being told again. */
final class KernelEvents implements AutoCloseable {
  private static final List<Mode> MODES = List.of(Mode.ENFORCE, Mode.AUDIT, Mode.OBSERVE);
  private static final int DENIAL = 96;
  private static final int HASH = 0;
  private static final int STAMP = 4;
  private static final int SUPPRESSED = 8;
  private static final int EVENT = 16;
  private static final int KIND = 68;

  private final RingBuffer ring;
  private final Devices devices;
  private final BpfMap<Integer, List<byte[]>> denials;

  KernelEvents(BpfObject object, Devices devices) {
    this.ring = RingBuffer.of(object, "events");
    this.devices = devices;
    this.denials = object.map("denials", Codec.u32(), PerCpu.list(Codec.bytes(DENIAL)));
  }

  List<Event> drain() {
    List<Event> events = new ArrayList<>();
    ring.poll(event -> events.add(event(event)), Integer.MAX_VALUE);
    events.removeIf(event -> event.line() == Remembered.LINE); // the clock's
    return events;
  }

  /** What records have to tell yet. */
  Map<Denial, Long> owed() {
    Map<Denial, Long> owed = new HashMap<>();
    denials.entries().values().stream()
        .flatMap(List::stream)
        .filter(record -> inUse(record) && suppressed(record) != 0)
        .forEach(record -> {
          Event event = event(ByteBuffer.wrap(record, EVENT, DENIAL - EVENT));
          if (event.line() != Remembered.LINE) {
            owed.merge(event.denial(), suppressed(record), Long::sum);
          }
        });
    return owed;
  }

  private static long suppressed(byte[] record) {
    return Integer.toUnsignedLong(Words.reading(record).getInt(SUPPRESSED));
  }

  private Event event(ByteBuffer buffer) {
    ByteBuffer in = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    int reason = in.get(73);
    return new Event(
        Event.Kind.values()[in.get(KIND) - 1],
        devices.line(in.getInt(8)),
        in.getInt(12),
        in.get(71) == 0 ? Direction.INGRESS : Direction.EGRESS,
        MODES.get(in.get(72)),
        reason == 0 ? null : Code.of(reason),
        Slots.key(in.getInt(16)),
        key(in),
        in.getInt(60));
  }

  private @Nullable FlowKey key(ByteBuffer in) {
    int family = in.get(69);
    byte[] bytes = new byte[80];
    in.get(0, bytes);
    if (family == 0) {
      byte[] ends = Arrays.copyOfRange(bytes, 24, 60);
      if (!Arrays.equals(ends, new byte[36]) || bytes[70] != 0) {
        throw new IllegalStateException("ends of nothing: " + HexFormat.of().formatHex(bytes));
      }
      return null;
    }
    Family of = family == 4 ? Family.V4 : Family.V6;
    return new FlowKey(
        devices.line(in.getInt(8)),
        Address.of(bytes, 24, of),
        Address.of(bytes, 40, of),
        Short.toUnsignedInt(Short.reverseBytes(in.getShort(56))),
        Short.toUnsignedInt(Short.reverseBytes(in.getShort(58))),
        Byte.toUnsignedInt(in.get(70)));
  }

  /** Makes what was told so many ticks older. */
  void elapse(int ticks) {
    change(record -> {
      ByteBuffer words = Words.reading(record);
      words.putInt(STAMP, words.getInt(STAMP) - ticks);
    });
  }

  /** Forgets what was told, and what was not. */
  void forget() {
    drain();
    change(record -> Arrays.fill(record, (byte) 0));
  }

  private void change(Consumer<byte[]> change) {
    Map<Integer, List<byte[]>> told = denials.entries();
    told.forEach((place, records) -> {
      if (records.stream().anyMatch(KernelEvents::inUse)) {
        records.stream().filter(KernelEvents::inUse).forEach(change);
        denials.put(place, records);
      }
    });
  }

  private static boolean inUse(byte[] record) {
    return Words.reading(record).getInt(HASH) != 0;
  }

  @Override
  public void close() {
    ring.close();
  }
}
