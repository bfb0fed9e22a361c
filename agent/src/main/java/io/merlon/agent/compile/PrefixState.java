package io.merlon.agent.compile;

import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.PeerSelector.Block;
import java.util.ArrayList;
import java.util.List;

/** A prefix that some active test names, as a block or as an exception from one. */
final class PrefixState extends ClassMember {
  final Cidr cidr;

  /** How often it is named. */
  int uses;

  /** The blocks that begin here. */
  final List<BlockUse> blocks = new ArrayList<>();

  int[] tests = TestNumbers.NONE;

  /** The class of addresses here that nothing else tells apart. */
  ClassKey key = ClassKey.NONE;

  PrefixState(Cidr cidr) {
    this.cidr = cidr;
  }

  /** A block, and the test it is part of. */
  record BlockUse(PeerTest test, Block block) {}
}
