package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pod that runs before the cluster has told of it. */
class UnknownPodsAgentTest {
  private static final String TOLD = "denied until the cluster tells whose they are: ";

  @Test
  void itIsDeniedAndNamedWhereTheUnknownIs() {
    try (AgentNode node = new AgentNode("--until-known=deny")) {
      Pod guest = begin(node);
      Pod early = node.network().addPod("shop", "early");
      String device = PodNetwork.device(PodNetwork.ORDINARY, "shop", "early");
      Await.until(
          "it is named",
          Expect.PATIENT,
          () -> node.agent().run("status").output().contains(TOLD + device));
      for (boolean six : List.of(false, true)) {
        try (EchoServer outside = Expect.serve(guest, six, Mission.PORT);
            EchoServer inside = Expect.serve(early, six, Mission.PORT)) {
          assertEquals(Outcome.SILENT, Expect.hasty(early).tcp(outside.address()));
          assertEquals(Outcome.SILENT, Expect.hasty(guest).tcp(inside.address()));
        }
      }
      node.cluster().pod("node-a", "shop", "early", "labels: {app: early}", early);
      try (EchoServer outside = Expect.serve(guest, true, Mission.PORT)) {
        Expect.reachable(early, outside.address());
      }
      assertFalse(node.agent().run("status").output().contains(TOLD));
    }
  }

  @Test
  void itIsOpenWhereTheUnknownIs() {
    try (AgentNode node = new AgentNode("--until-known=allow")) {
      Pod guest = begin(node);
      Pod early = node.network().addPod("shop", "early");
      try (EchoServer outside = Expect.serve(guest, false, Mission.PORT)) {
        assertEquals(Outcome.ANSWERED, Expect.patient(early).tcp(outside.address()));
      }
      String status = node.agent().run("status").output();
      assertFalse(status.contains(TOLD), status);
      assertTrue(status.contains("held until programs are there: 0 interfaces"), status);
    }
  }

  private static Pod begin(AgentNode node) {
    node.namespace("shop", "", "");
    node.namespace("guests", "", "");
    Pod guest = node.pod("guests", "guest", "app: guest");
    node.agent().start();
    return guest;
  }
}
