package io.merlon.bpf;

import java.nio.ByteBuffer;

/** Takes the events of a ring buffer, one at a time. */
@FunctionalInterface
public interface EventHandler {
  /**
   * Takes one event.
   *
   * @param event little-endian, from position to limit; the memory and the buffer are reused as
   *     soon as this returns
   */
  void onEvent(ByteBuffer event);
}
