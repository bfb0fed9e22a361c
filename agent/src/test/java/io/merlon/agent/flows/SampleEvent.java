package io.merlon.agent.flows;

import io.merlon.datapath.Event;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An event of pod 10.0.0.1 as the kernel writes it. */
final class SampleEvent {
  private SampleEvent() {}

  /** A packet to the peer of that number. */
  static ByteBuffer of(int peer, Event.Kind kind, Mode mode) {
    Event event =
        new Event(
            1,
            7,
            1,
            200,
            0,
            IpAddress.of("10.0.0.1"),
            IpAddress.v4(0x0a010000 + peer),
            40_000,
            443,
            0,
            60,
            kind,
            6,
            true,
            mode,
            1,
            2);
    ByteBuffer out = ByteBuffer.allocate(Event.CODEC.size()).order(ByteOrder.LITTLE_ENDIAN);
    Event.CODEC.encode(event, out);
    return out.flip();
  }
}
