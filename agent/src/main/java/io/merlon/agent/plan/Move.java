package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * Something that is in another class afterwards than it was before, or gains or loses an entry of
 * its own.
 */
sealed interface Move {
  /** Stands for the class of what is judged elsewhere. */
  int NONE = -1;

  /** The class it was in, by its own entry or by what it lay in. */
  int source();

  /** The class it is in afterwards. */
  int target();

  /** Whether it is judged alike before and afterwards, as far as the class says. */
  default boolean stays() {
    return source() == target();
  }

  /** An exact address; {@code kept} is whether it has an entry of its own afterwards. */
  record OfAddress(Address address, int source, int target, boolean kept) implements Move {}

  /** All addresses for which this prefix is the longest, before or afterwards. */
  record OfPrefix(Cidr prefix, int source, int target, boolean kept) implements Move {}

  /**
   * A service. The kernel asks for it only where its address is not one of the node itself.
   *
   * @param before null if it was judged as its address
   * @param after null if it is judged as its address from now on
   */
  record OfService(
      ServiceKey service,
      @Nullable ServiceTarget before,
      @Nullable ServiceTarget after,
      int addressBefore,
      int addressAfter)
      implements Move {
    @Override
    public int source() {
      return addressBefore == PeerClass.OWN_NODE ? addressBefore : own(before, addressBefore);
    }

    @Override
    public int target() {
      return addressAfter == PeerClass.OWN_NODE ? addressAfter : ownTarget();
    }

    /** The class that its own entry says, or should say if it had one. */
    int ownTarget() {
      return own(after, addressAfter);
    }

    private static int own(@Nullable ServiceTarget target, int ofAddress) {
      return switch (target) {
        case null -> ofAddress;
        case ServiceTarget.Uniform uniform -> uniform.peerClass();
        case ServiceTarget.Mixed() -> NONE;
      };
    }

    @Override
    public boolean stays() {
      return source() == target() && portBefore() == portAfter();
    }

    int portBefore() {
      return before instanceof ServiceTarget.Uniform uniform ? uniform.port() : service.port();
    }

    int portAfter() {
      return after instanceof ServiceTarget.Uniform uniform ? uniform.port() : service.port();
    }

    /** Whether its entry goes while nobody asks for it yet. */
    boolean goesUnseen() {
      return after == null && addressBefore == PeerClass.OWN_NODE;
    }
  }

  /** Whether a class exists in every state there is. */
  static boolean isFixed(int peerClass) {
    return peerClass == PeerClass.ANY || peerClass == PeerClass.OWN_NODE;
  }
}
