package io.merlon.datapath;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Family;

/**
 * Who appears in the stories, in one family.
 *
 * @param pod the one whose interface is watched
 * @param neighbour another pod of the node, behind the next line
 * @param friend an address of class {@link #FRIENDS}
 * @param stranger an address of class {@link #STRANGERS}
 * @param outsider an address that only {@link #outside} covers, of class {@link #OUTSIDE}
 * @param nobody an address nothing is known of
 */
record Cast(
    Family family,
    Address pod,
    Address neighbour,
    Address friend,
    Address stranger,
    Address node,
    Address service,
    Address outsider,
    Cidr outside,
    Address nobody) {
  static final int FRIENDS = 1;
  static final int STRANGERS = 2;
  static final int OUTSIDE = 3;
  static final int PODS = 4;

  /** One more than the highest class: every class has a row of its own. */
  static final int CLASSES = 5;

  private static final Cast FOUR =
      new Cast(
          Family.V4,
          Address.of("10.0.1.10"),
          Address.of("10.0.1.11"),
          Address.of("10.0.2.20"),
          Address.of("10.0.3.30"),
          Address.of("10.0.0.1"),
          Address.of("172.20.0.10"),
          Address.of("198.51.100.7"),
          Cidr.of("198.51.100.0/24"),
          Address.of("203.0.113.99"));

  private static final Cast SIX =
      new Cast(
          Family.V6,
          Address.of("fd00:1::10"),
          Address.of("fd00:1::11"),
          Address.of("fd00:2::20"),
          Address.of("fd00:3::30"),
          Address.of("fd00::1"),
          Address.of("fd00:ffff::10"),
          Address.of("2001:db8:51::7"),
          Cidr.of("2001:db8:51::/48"),
          Address.of("2001:db8:99::99"));

  static Cast of(Family family) {
    return family == Family.V4 ? FOUR : SIX;
  }
}
