package io.merlon.agent.program;

import io.merlon.netlink.InterfaceHold;
import io.merlon.netlink.NetlinkException;
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

  private final boolean lasting;
  private @Nullable InterfaceHold kernel;
  private Set<String> held = Set.of();
  private boolean begun;
  private boolean possible = true;
  private String told = "";

  /**
   * Holds nothing yet; what an earlier process holds stays so.
   *
   * @param lasting whether they are held on when this process is gone, until another one comes
   */
  HeldInterfaces(boolean lasting) {
    this.lasting = lasting;
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
      kernel = InterfaceHold.open(TABLE, lasting);
    }
    return kernel;
  }

  private static Set<String> without(Set<String> names, Set<String> others) {
    Set<String> left = new HashSet<>(names);
    left.removeAll(others);
    return left;
  }

  /** Puts back what somebody else removed. */
  List<Repair> repair() {
    if (!begun || held.isEmpty()) {
      return List.of();
    }
    boolean there = kernel().isThere();
    kernel().replace(held); // its rules and names may have been changed one by one
    return there
        ? List.of()
        : List.of(new Repair(Repair.Kind.ENTRY, "table " + TABLE + " of nf_tables"));
  }

  /** Removes the table, whichever process made it. */
  static void removeAll() {
    try (InterfaceHold hold = InterfaceHold.open(TABLE, true)) {
      if (hold.isThere()) {
        hold.replace(Set.of());
      }
    } catch (NetlinkException failure) {
      if (!UNKNOWN.contains(failure.code())) {
        throw failure;
      }
    }
  }

  /** What does not last is held no longer. */
  @Override
  public void close() {
    if (kernel != null) {
      kernel.close();
      kernel = null;
    }
  }
}
