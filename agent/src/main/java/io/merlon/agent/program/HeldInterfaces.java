package io.merlon.agent.program;

import io.merlon.netlink.InterfaceHold;
import io.merlon.netlink.InterfaceHold.Dropped;
import io.merlon.netlink.NetlinkException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interfaces from and to which nothing is forwarded because our programs are not there yet. They
 * are known by name, before they exist, so no packet is faster than we are.
 *
 * <p>Where the kernel has no nf_tables nothing is held, and that is logged once.
 */
final class HeldInterfaces implements AutoCloseable {
  /** Of nf_tables', in the family inet. */
  static final String TABLE = "merlon";

  private static final Logger LOG = LoggerFactory.getLogger(HeldInterfaces.class);

  /**
   * ENOENT, EINVAL, EPROTONOSUPPORT, EOPNOTSUPP, EAFNOSUPPORT: of socket, table, flags or rules.
   */
  private static final Set<Integer> UNKNOWN = Set.of(2, 22, 93, 95, 97);

  private final Duration remembered;
  private @Nullable InterfaceHold kernel;
  private Set<String> held = Set.of();
  private boolean begun;
  private boolean possible = true;
  private String told = "";

  /**
   * Holds nothing yet; what an earlier process holds stays so.
   *
   * @param remembered for how long they are held on when this process is gone and no other one
   *     comes; {@link Duration#ZERO}: for ever
   */
  HeldInterfaces(Duration remembered) {
    this.remembered = remembered;
  }

  /**
   * Holds these and no others. What cannot be done is logged and no reason to stop: programs come
   * to the interfaces all the same, only later than the first packet.
   */
  void hold(Set<String> names) {
    if (!possible || (begun && names.equals(held))) {
      return;
    }
    boolean anew = !begun || held.isEmpty() || names.isEmpty();
    try {
      if (anew) {
        kernel().replace(names);
      } else {
        kernel().change(without(names, held), without(held, names));
      }
      held = Set.copyOf(names);
      begun = true;
    } catch (NetlinkException failure) {
      begun = false;
      if (anew) {
        possible = !UNKNOWN.contains(failure.code());
        tell(failure);
      } else {
        hold(names); // somebody changed the table: it is made anew
      }
    }
  }

  private void tell(NetlinkException failure) {
    if (!failure.getMessage().equals(told)) {
      told = failure.getMessage();
      LOG.atWarn()
          .addKeyValue("error", told)
          .addKeyValue("again", possible)
          .log("interfaces cannot be held until programs are there");
    }
    if (!possible) {
      letGo();
    }
  }

  /** What an earlier process holds would be held for ever by one that cannot. */
  private static void letGo() {
    try {
      removeAll();
    } catch (NetlinkException another) {
      // The table is another process's, and ends with it.
    }
  }

  private InterfaceHold kernel() {
    if (kernel == null) {
      kernel = InterfaceHold.open(TABLE, remembered);
    }
    return kernel;
  }

  private static Set<String> without(Set<String> names, Set<String> others) {
    Set<String> left = new HashSet<>(names);
    left.removeAll(others);
    return left;
  }

  /** Puts back what somebody else changed, and has names remembered for as long again. */
  List<Repair> repair() {
    if (!begun || held.isEmpty()) {
      return List.of();
    }
    if (kernel().isAsMade()) {
      kernel().renew(held);
      return List.of();
    }
    kernel().replace(held);
    return List.of(new Repair(Repair.Kind.ENTRY, "table " + TABLE + " of nf_tables"));
  }

  /** What is held, and what was dropped for it by this process and those before it. */
  Holding holding() {
    if (!possible) {
      return Holding.NOTHING;
    }
    try {
      Dropped dropped = kernel().dropped();
      return new Holding(held.size(), dropped.from(), dropped.to());
    } catch (NetlinkException failure) {
      return Holding.NOTHING; // there is no nf_tables: holding will say so
    }
  }

  /** Removes the table, whichever process made it. */
  static void removeAll() {
    try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ZERO)) {
      if (hold.isThere()) {
        hold.replace(Set.of());
      }
    } catch (NetlinkException failure) {
      if (!UNKNOWN.contains(failure.code())) {
        throw failure;
      }
    }
  }

  /** What is held is held on. */
  @Override
  public void close() {
    if (kernel != null) {
      kernel.close();
      kernel = null;
    }
  }
}
