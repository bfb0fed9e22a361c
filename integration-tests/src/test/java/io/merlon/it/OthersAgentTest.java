package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import io.merlon.bpf.Direction;
import io.merlon.it.Attachment.Place;
import io.merlon.it.Client.Outcome;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody else's programs are on a pod's hooks, before the agent comes or after: they go on, and
 * so does enforcement; when the agent's are taken away, theirs stay.
 */
class OthersAgentTest {
  @ParameterizedTest
  @EnumSource
  void othersProgramsAndOursLeaveEachOtherAlone(Attachment.Kind way) throws IOException {
    try (AgentNode node = new AgentNode();
        BpfObject object = OthersProgram.load()) {
      BpfMap<Integer, Long> seen = object.map("witnessed", Codec.u32(), Codec.u64());
      node.namespace("payments", "name: payments", "");
      node.namespace("frontend", "name: frontend", "");
      Pod api = node.pod("payments", "api", "app: payments-api");
      Pod web = node.pod("frontend", "web", "app: web");
      node.write("default-deny", Mission.DEFAULT_DENY);
      node.write("allow-frontend", Mission.ALLOW_FRONTEND);
      NetworkNamespace host = node.network().node();
      // At the frontend before the agent comes, at the API after it: both ways of the pods' own.
      try (Attachment _ = attach(new Place(host, web.ifindex(), Direction.INGRESS), way, object)) {
        node.agent().start();
        try (Attachment _ = attach(new Place(host, api.ifindex(), Direction.EGRESS), way, object)) {
          bothDoTheirWork(api, web, seen, 2);
          node.agent().terminate();
          bothDoTheirWork(api, web, seen, 2);
          node.agent().start();
          bothDoTheirWork(api, web, seen, 2);
          settled(node);
          bothDoTheirWork(api, web, seen, 2);
          node.agent().terminate();
          assertEquals(0, node.agent().detach().exit());
          long before = seen.get(0).orElseThrow();
          try (EchoServer closed = Expect.serve(api, true, Mission.PORT + 1)) {
            assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(closed.address()));
          }
          assertTrue(seen.get(0).orElseThrow() >= before + 2);
        }
      }
    }
  }

  private static Attachment attach(Place place, Attachment.Kind way, BpfObject object) {
    return switch (way) {
      case TCX -> place.attach(way, object.program("witness"));
      case CLSACT ->
          place
              .namespace()
              .call(() -> Attachment.Clsact.attach(place, 10, object.program("witness")));
    };
  }

  /** The agent looks after its hooks every few seconds, and has done so once more. */
  private static void settled(AgentNode node) {
    assertTrue(!node.agent().get("/v1/status").contains("\"repairs_"), "nothing to repair");
  }

  /** Each packet of an allowed connection is seen by so many of theirs at least. */
  private static void bothDoTheirWork(Pod api, Pod web, BpfMap<Integer, Long> seen, int theirs)
      throws IOException {
    for (boolean six : new boolean[] {false, true}) {
      try (EchoServer open = Expect.serve(api, six, Mission.PORT);
          EchoServer closed = Expect.serve(api, six, Mission.PORT + 1)) {
        long before = seen.get(0).orElseThrow();
        assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(open.address()));
        // SYN, ACK, data, FIN, at each of the places.
        assertTrue(seen.get(0).orElseThrow() >= before + 4L * theirs, "seen by theirs");
        assertEquals(Outcome.SILENT, Expect.hasty(web).tcp(closed.address()));
        assertEquals(0, closed.accepted());
      }
    }
  }
}
