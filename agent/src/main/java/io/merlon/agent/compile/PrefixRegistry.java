package io.merlon.agent.compile;

import io.merlon.agent.compile.PrefixState.BlockUse;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.PeerSelector.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The prefixes that the tests in force name. Between two of them, no test changes its answer. */
final class PrefixRegistry {
  private static final int MAX_LENGTH = 128;

  private final Map<Cidr, PrefixState> prefixes = new HashMap<>();

  /** How many prefixes there are of each length, IPv4 first. */
  private final int[][] lengths = new int[2][MAX_LENGTH + 1];

  private boolean blocksChanged;
  private final List<PrefixState> removed = new ArrayList<>();
  private boolean membersChanged;

  void add(PeerTest test) {
    for (Block block : test.blocks()) {
      use(block.cidr()).blocks.add(new BlockUse(test, block));
      block.except().forEach(this::use);
      blocksChanged = true;
    }
  }

  void drop(PeerTest test) {
    for (Block block : test.blocks()) {
      PrefixState prefix = prefixes.get(block.cidr());
      if (prefix != null) {
        prefix.blocks.remove(new BlockUse(test, block));
      }
      release(block.cidr());
      block.except().forEach(this::release);
      blocksChanged = true;
    }
  }

  private PrefixState use(Cidr cidr) {
    PrefixState prefix = prefixes.get(cidr);
    if (prefix == null) {
      prefix = new PrefixState(cidr);
      prefixes.put(cidr, prefix);
      lengths(cidr.base())[cidr.length()]++;
      membersChanged = true;
    }
    prefix.uses++;
    return prefix;
  }

  private void release(Cidr cidr) {
    PrefixState prefix = prefixes.get(cidr);
    if (prefix != null && --prefix.uses == 0) {
      prefixes.remove(cidr);
      removed.add(prefix);
      lengths(cidr.base())[cidr.length()]--;
      membersChanged = true;
    }
  }

  private int[] lengths(Address address) {
    return lengths[address.isV6() ? 1 : 0];
  }

  /** The longest prefix an address lies in. */
  @Nullable PrefixState longest(Address address) {
    return longest(address, address.bits());
  }

  private @Nullable PrefixState longest(Address address, int from) {
    int[] counts = lengths(address);
    for (int length = from; length >= 0; length--) {
      if (counts[length] > 0) {
        PrefixState found = prefixes.get(new Cidr(address, length));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /**
   * What became of the prefixes: which have other tests than before, which went, whether any came.
   */
  record Settled(Set<PrefixState> changed, List<PrefixState> removed, boolean membersChanged) {}

  Settled settle() {
    if (!blocksChanged) {
      return new Settled(Set.of(), List.of(), false);
    }
    Set<PrefixState> changed = new LinkedHashSet<>();
    for (PrefixState prefix : prefixes.values()) {
      int[] tests = tests(prefix.cidr);
      if (!Arrays.equals(tests, prefix.tests) || prefix.peerClass == null) {
        prefix.tests = tests;
        prefix.key = ClassKey.of(new Signature(tests, List.of()));
        changed.add(prefix);
      }
    }
    Settled settled = new Settled(changed, List.copyOf(removed), membersChanged);
    blocksChanged = false;
    membersChanged = false;
    removed.clear();
    return settled;
  }

  private int[] tests(Cidr part) {
    List<Integer> passed = new ArrayList<>();
    PrefixState around = longest(part.base(), part.length());
    while (around != null) {
      for (BlockUse use : around.blocks) {
        if (use.block().covers(part)) {
          passed.add(use.test().number);
        }
      }
      around = longest(part.base(), around.cidr.length() - 1);
    }
    return passed.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
  }
}
