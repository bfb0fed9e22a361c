package io.merlon.agent.program;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.datapath.CidrKey;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Slots;
import io.merlon.datapath.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fills an empty datapath with a compiled policy: tables first, then what leads to them, endpoints
 * last, so that a pod is enforced completely or not yet known.
 */
final class PolicyLoader {
  private final Datapath datapath;
  private final TreeMap<Integer, Block> blocks = new TreeMap<>();
  private int nextWord = 1; // word 0 is "no table"
  private int nextSlot;

  private record Block(int subject, EncodedTable table) {}

  PolicyLoader(Datapath datapath) {
    this.datapath = datapath;
  }

  /**
   * Loads everything.
   *
   * @param interfaces the host-side interface of each pod that has one
   */
  void load(CompiledPolicy policy, Map<PodRef, Integer> interfaces) {
    policy.tables().forEach((subject, table) -> place(subject, EncodedTable.of(table)));
    Map<Address, Integer> owners = owners(policy, interfaces);
    policy.addresses().exact().forEach((address, peerClass) -> put(address, peerClass, owners));
    policy
        .addresses()
        .prefixes()
        .forEach((cidr, peerClass) -> {
          IpAddress base = KernelValues.address(cidr.base());
          Peer peer = KernelValues.peer(peerClass, 0);
          datapath.cidrs(base.v6()).put(new CidrKey(base, cidr.length()), peer);
        });
    policy
        .services()
        .forEach((key, target) -> {
          io.merlon.datapath.ServiceKey at = KernelValues.key(key);
          datapath.services(at.address().v6()).put(at, KernelValues.service(target));
          datapath.addresses(at.address().v6()).put(at.address(), new Peer(0, false, true, 0));
        });
    policy.pods().forEach((name, pod) -> arm(pod, interfaces.get(name)));
  }

  /** What a counter counts, if it belongs to a subject that was loaded here. */
  SlotMeaning meaning(int slot) {
    Map.Entry<Integer, Block> block = blocks.floorEntry(slot);
    if (block == null) {
      throw new IllegalArgumentException("slot " + slot + " belongs to no subject");
    }
    return SlotMeaning.of(slot - block.getKey(), block.getValue().table().decisions());
  }

  private void place(int subject, EncodedTable table) {
    if (nextWord + table.words().length > datapath.tables().length()) {
      throw new IllegalStateException(
          "table arena full: " + table.words().length + " words more than fit at " + nextWord);
    }
    datapath.tables().copyIn(nextWord, table.words());
    datapath.setSubject(subject, new Subject(nextWord, nextSlot));
    blocks.put(nextSlot, new Block(subject, table));
    nextWord += table.words().length;
    nextSlot += Slots.block(table.decisions().size());
  }

  private static Map<Address, Integer> owners(
      CompiledPolicy policy, Map<PodRef, Integer> interfaces) {
    Map<Address, Integer> owners = new HashMap<>();
    policy
        .pods()
        .forEach((name, pod) -> {
          Integer ifindex = interfaces.get(name);
          if (ifindex != null) {
            pod.addresses().forEach(address -> owners.put(address, ifindex));
          }
        });
    return owners;
  }

  private void put(Address address, int peerClass, Map<Address, Integer> owners) {
    IpAddress at = KernelValues.address(address);
    Peer peer = KernelValues.peer(peerClass, owners.getOrDefault(address, 0));
    datapath.addresses(at.v6()).put(at, peer);
  }

  private void arm(LocalPod pod, @Nullable Integer ifindex) {
    if (ifindex == null) {
      return;
    }
    List<IpAddress> own = pod.addresses().stream().map(KernelValues::address).toList();
    datapath
        .endpoints()
        .put(ifindex, new Endpoint(pod.subject(), KernelValues.mode(pod.mode()), false, own));
  }
}
