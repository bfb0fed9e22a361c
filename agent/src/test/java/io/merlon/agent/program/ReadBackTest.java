package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.verify.ReadBack;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.OwnedMap;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Subject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is gone from this kernel's maps altogether is missed. */
class ReadBackTest {
  private final TalkingPods pods = new TalkingPods(1, 1, Map.of("flows4", 1024, "flows6", 1024));
  private final HostInterface at = pods.at();

  @AfterEach
  void close() {
    pods.close();
  }

  private List<String> found() {
    return ReadBack.compare(
        pods.datapath().observed(),
        Map.of(at, TalkingPods.pod(0)),
        KernelContent.read(pods.root()));
  }

  private Path pin(String map) {
    return new PinLayout(pods.root()).inForce().orElseThrow().map(map);
  }

  private <K, V> void delete(String name, Codec<K> keys, Codec<V> values, K key) {
    try (OwnedMap<K, V> map = BpfMap.openPinned(pin(name), keys, values)) {
      map.delete(key);
    }
  }

  private void onlyDifference(String beginning, String ending) {
    List<String> found = found();
    assertEquals(1, found.size(), found::toString);
    String line = found.getFirst();
    assertTrue(line.startsWith(beginning) && line.endsWith(ending), line);
  }

  @Test
  void findsNothingWhereNothingIsMissing() {
    assertEquals(List.of(), found());
  }

  @Test
  void findsThatAnEndpointIsGone() {
    delete("endpoints", Codec.u32(), Endpoint.CODEC, at.ifindex());
    onlyDifference("endpoint of shop/web-0 at " + at + " should be ", " and is absent");
  }

  @Test
  void findsThatAnInterfaceIsGoneWithItsEndpoint() {
    delete("endpoints", Codec.u32(), Endpoint.CODEC, at.ifindex());
    delete("interfaces", Codec.u32(), InterfaceEntry.CODEC, at.ifindex());
    List<String> found = found();
    assertEquals(2, found.size(), found::toString);
    assertEquals("the pod at " + at + " should be shop/web-0 and is absent", found.getFirst());
    assertTrue(found.getLast().startsWith("endpoint of shop/web-0 at " + at), found::toString);
    assertTrue(found.getLast().endsWith(" and is absent"), found::toString);
  }

  @Test
  void findsThatNobodyKnowsWhoseAnInterfaceIs() {
    delete("interfaces", Codec.u32(), InterfaceEntry.CODEC, at.ifindex());
    onlyDifference("the pod at " + at, " should be shop/web-0 and is absent");
  }

  @Test
  void findsThatAnAddressHasNoClass() {
    delete("addresses4", Peer.KEY4, Peer.CODEC, IpAddress.of("10.1.0.0"));
    onlyDifference("address 10.1.0.0 should be ", " and is absent");
  }

  @Test
  void findsThatASubjectHasNoTable() {
    try (OwnedMap<Integer, Subject> subjects =
        BpfMap.openPinned(pin("subjects"), Codec.u32(), Subject.CODEC)) {
      subjects.put(1, new Subject(0, 0));
    }
    onlyDifference("verdicts of subject 1 should be a table", " and is absent");
  }
}
