package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.Counter;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RememberedFlowsTest {
  private static final int MOST = 1000;

  private final RememberedFlows flows = new RememberedFlows(MOST);

  private static FlowKey key(boolean v6, int port) {
    IpAddress pod = IpAddress.of(v6 ? "2001:db8::1" : "10.0.0.1");
    return new FlowKey(7, pod, IpAddress.of(v6 ? "2001:db8::2" : "10.0.0.2"), port, 443, 6);
  }

  private static ByteBuffer bytes(boolean v6, int port) {
    return FlowEndsTest.bytes(v6 ? FlowKey.V6 : FlowKey.V4, key(v6, port));
  }

  private static ByteBuffer flow(int created) {
    Counter none = Counter.ZERO;
    return FlowEndsTest.bytes(
        Flow.CODEC, new Flow(0, 0, 9, created, 0, FlowState.OPEN, 0, 0, none, none));
  }

  private List<FlowKey> left() {
    List<FlowKey> left = new ArrayList<>();
    flows.forEachLeft((key, _) ->
        left.add((key.remaining() == FlowKey.V6.size() ? FlowKey.V6 : FlowKey.V4).decode(key)));
    return left;
  }

  @Test
  void flowsOfBothFamiliesAreFoundByTheirKeys() {
    for (int port = 0; port < MOST; port++) {
      flows.add(bytes(port % 2 == 0, port), flow(port));
    }
    flows.add(bytes(true, MOST), flow(MOST));
    assertEquals(MOST, flows.size());
    for (int port = 0; port < MOST - 1; port++) {
      assertEquals(port, flows.find(bytes(port % 2 == 0, port)));
      assertEquals(port, flows.created(port));
      assertEquals(RememberedFlows.NONE, flows.find(bytes(port % 2 != 0, port)));
    }
    assertEquals(RememberedFlows.NONE, flows.find(bytes(true, MOST)));
    assertEquals(List.of(key(false, MOST - 1)), left());
  }

  @Test
  void whatIsClearedIsForgotten() {
    flows.add(bytes(true, 1), flow(1));
    flows.add(bytes(false, 1), flow(2));
    assertEquals(List.of(key(true, 1), key(false, 1)), left());
    flows.clear();
    assertEquals(RememberedFlows.NONE, flows.find(bytes(true, 1)));
    assertEquals(List.of(), left());
    flows.add(bytes(false, 2), flow(3));
    assertEquals(List.of(key(false, 2)), left());
  }
}
