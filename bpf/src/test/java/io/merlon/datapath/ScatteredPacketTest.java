package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch.Ports;
import org.junit.jupiter.api.Test;

/** However little of a frame is where a program can read it: what is not, is fetched. */
class ScatteredPacketTest extends KernelStory {
  private static final int LINK = 14;
  private static final int HEADER = 20;

  @Test
  void headersAreFoundWhereverTheyAre() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, INGRESS, TCP, Ports.of(80), OTHER_RULE));
    int headers = LINK + (family == Family.V4 ? 20 : 40) + HEADER;
    int most = headers + 3;
    for (int linear = LINK; linear <= most; linear++) {
      expect(true, Hook.FROM_POD, out(SYN).frame().scattered(linear));
      expect(
          false, Hook.FROM_POD, leaving(cast.friend()).tcp(1, 444, SYN).frame().scattered(linear));
      expect(true, Hook.TO_POD, arriving(cast.friend()).tcp(1, 80, SYN).frame().scattered(linear));
      expect(false, Hook.TO_POD, arriving(cast.friend()).tcp(1, 81, SYN).frame().scattered(linear));
    }
    int frames = most + 1 - LINK;
    assertEquals(frames, counted(RULE));
    assertEquals(frames, counted(OTHER_RULE));
    assertEquals(2L * frames, counted(DENIED));
    assertEquals(4L * (headers - LINK), datapath.stat(Stat.PULLED));
  }
}
