package io.merlon.bpf;

import io.merlon.bpf.raw.__sk_buff;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of {@code struct __sk_buff} that a test run carries in and out. The kernel
 * (net/bpf/test_run.c, convert___skb_to_skb) refuses any other field that is not zero, so a VLAN
 * tag can only be given inside the packet.
 *
 * @param ifindex of a device of this network namespace; 0 and 1 are the loopback device
 * @param ingressIfindex any number
 * @param cb five words
 */
public record SkbContext(
    int ifindex,
    int ingressIfindex,
    int mark,
    int priority,
    List<Integer> cb,
    int wireLength,
    int gsoSegments,
    int gsoSize,
    long timestamp) {
  private static final int WORDS = 5;

  /** Nothing set: the loopback device, no mark. */
  public static final SkbContext NONE =
      new SkbContext(0, 0, 0, 0, List.of(0, 0, 0, 0, 0), 0, 0, 0, 0);

  public SkbContext {
    cb = List.copyOf(cb);
    if (cb.size() != WORDS) {
      throw new IllegalArgumentException(cb.size() + " words where cb has " + WORDS);
    }
  }

  /** Of a packet at a device. */
  public static SkbContext at(int ifindex) {
    return NONE.withIfindex(ifindex).withIngressIfindex(ifindex);
  }

  public SkbContext withIfindex(int index) {
    return new SkbContext(
        index, ingressIfindex, mark, priority, cb, wireLength, gsoSegments, gsoSize, timestamp);
  }

  public SkbContext withIngressIfindex(int index) {
    return new SkbContext(
        ifindex, index, mark, priority, cb, wireLength, gsoSegments, gsoSize, timestamp);
  }

  public SkbContext withMark(int newMark) {
    return new SkbContext(
        ifindex,
        ingressIfindex,
        newMark,
        priority,
        cb,
        wireLength,
        gsoSegments,
        gsoSize,
        timestamp);
  }

  public SkbContext withPriority(int newPriority) {
    return new SkbContext(
        ifindex,
        ingressIfindex,
        mark,
        newPriority,
        cb,
        wireLength,
        gsoSegments,
        gsoSize,
        timestamp);
  }

  public SkbContext withCb(List<Integer> words) {
    return new SkbContext(
        ifindex,
        ingressIfindex,
        mark,
        priority,
        words,
        wireLength,
        gsoSegments,
        gsoSize,
        timestamp);
  }

  public SkbContext withGso(int segments, int size) {
    return new SkbContext(
        ifindex, ingressIfindex, mark, priority, cb, wireLength, segments, size, timestamp);
  }

  void write(MemorySegment skb) {
    skb.fill((byte) 0);
    __sk_buff.ifindex(skb, ifindex);
    __sk_buff.ingress_ifindex(skb, ingressIfindex);
    __sk_buff.mark(skb, mark);
    __sk_buff.priority(skb, priority);
    MemorySegment words = __sk_buff.cb(skb);
    for (int i = 0; i < WORDS; i++) {
      words.setAtIndex(ValueLayout.JAVA_INT, i, cb.get(i));
    }
    __sk_buff.wire_len(skb, wireLength);
    __sk_buff.gso_segs(skb, gsoSegments);
    __sk_buff.gso_size(skb, gsoSize);
    __sk_buff.tstamp(skb, timestamp);
  }

  static SkbContext read(MemorySegment skb) {
    MemorySegment words = __sk_buff.cb(skb);
    List<Integer> cb = new ArrayList<>(WORDS);
    for (int i = 0; i < WORDS; i++) {
      cb.add(words.getAtIndex(ValueLayout.JAVA_INT, i));
    }
    return new SkbContext(
        __sk_buff.ifindex(skb),
        __sk_buff.ingress_ifindex(skb),
        __sk_buff.mark(skb),
        __sk_buff.priority(skb),
        cb,
        __sk_buff.wire_len(skb),
        __sk_buff.gso_segs(skb),
        __sk_buff.gso_size(skb),
        __sk_buff.tstamp(skb));
  }
}
