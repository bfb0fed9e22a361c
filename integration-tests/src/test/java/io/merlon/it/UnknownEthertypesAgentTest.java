package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.Interfaces;
import io.merlon.datapath.DropReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Frames no policy can speak of follow the setting of the agent that runs, also where it finds what
 * one with another setting has left.
 */
class UnknownEthertypesAgentTest {
  /** IEEE 802: for local experiments. */
  private static final int EXPERIMENTAL = 0x88b5;

  private static final int SHORTEST = 60;

  /** Where in a frame stands which one it is. */
  private static final int NUMBER = 14;

  private final AgentNode node = new AgentNode();
  private final Pod pod;

  UnknownEthertypesAgentTest() {
    node.namespace("shop", "", "");
    pod = node.pod("shop", "web", "app: web");
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void eachAgentsSettingHoldsFromItsStart() {
    try (PacketSocket outside = listen(node.network().node(), pod.device());
        PacketSocket inside = listen(pod.namespace(), "eth0")) {
      node.agent().start();
      denied(1);
      restart("replaced 2 programs", Map.of("MERLON_UNKNOWN_ETHERTYPES", "allow"));
      passed(2, List.of(outside, inside));
      restart("replaced 2 programs", Map.of());
      denied(3);
      assertTrue(outside.next().isEmpty() && inside.next().isEmpty());
    }
  }

  private static PacketSocket listen(NetworkNamespace at, String device) {
    return PacketSocket.listen(at, at.call(() -> Interfaces.index(device)), EXPERIMENTAL);
  }

  private void restart(String how, Map<String, String> environment) {
    node.agent().terminate();
    node.agent().environment(environment);
    node.agent().start();
    String status = node.agent().get("/v1/status");
    assertTrue(status.contains(how), status);
  }

  private long refused() {
    try (PinnedState state = node.state()) {
      return state.refused(pod, DropReason.ETHERTYPE);
    }
  }

  private byte[] frame(int number) {
    byte[] frame = ByteBuffer.allocate(SHORTEST).putShort(12, (short) EXPERIMENTAL).array();
    byte[] gateway = node.network().gateway(pod);
    System.arraycopy(gateway, 0, frame, 0, gateway.length);
    frame[NUMBER] = (byte) number;
    return frame;
  }

  private void sendFromPod(byte[] frame) {
    NetworkNamespace inside = pod.namespace();
    PacketSocket.send(inside, inside.call(() -> Interfaces.index("eth0")), frame);
  }

  private void sendToPod(byte[] frame) {
    PacketSocket.send(node.network().node(), pod.ifindex(), frame);
  }

  private void denied(int number) {
    long before = refused();
    sendFromPod(frame(number));
    // Who sends out of an interface is told of what is dropped there.
    assertThrows(IllegalStateException.class, () -> sendToPod(frame(number)));
    Await.until("both are counted", Expect.PATIENT, () -> refused() == before + 2);
  }

  private void passed(int number, List<PacketSocket> listeners) {
    long before = refused();
    sendFromPod(frame(number));
    sendToPod(frame(number));
    listeners.forEach(listener -> assertEquals(number, heard(listener)));
    assertEquals(before, refused());
  }

  private static int heard(PacketSocket listener) {
    List<byte[]> frames = new ArrayList<>();
    Await.until(
        "a frame is heard",
        Expect.PATIENT,
        () -> {
          listener.next().ifPresent(frames::add);
          return !frames.isEmpty();
        });
    return frames.getFirst()[NUMBER];
  }
}
