package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import java.util.BitSet;

/**
 * The classes that entries name, found by looking at all of them: asked only where a policy changes
 * and addresses move at once.
 */
final class ClassUse {
  private final AddressBook book;
  private final PersistentMap<ServiceKey, ServiceTarget> services;
  private final BitSet used = new BitSet();
  private boolean counted;

  ClassUse(AddressBook book, PersistentMap<ServiceKey, ServiceTarget> services) {
    this.book = book;
    this.services = services;
  }

  boolean contains(int peerClass) {
    return Move.isFixed(peerClass) || used().get(peerClass);
  }

  private BitSet used() {
    if (!counted) {
      counted = true;
      book.exact().values().forEach(used::set);
      book.prefixes().values().forEach(used::set);
      for (ServiceTarget target : services.values()) {
        if (target instanceof ServiceTarget.Uniform uniform) {
          used.set(uniform.peerClass());
        }
      }
    }
    return used;
  }
}
