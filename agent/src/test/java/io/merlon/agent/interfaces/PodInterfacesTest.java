package io.merlon.agent.interfaces;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PodInterfacesTest {
  private static final PodRef WEB = new PodRef("shop", "web");
  private static final PodRef DB = new PodRef("shop", "db");
  private static final Address ADDRESS = Address.of("10.0.0.7");

  private final PodInterfaces interfaces = new PodInterfaces(InterfaceNaming.EKS);

  private static Link link(int ifindex, String name) {
    return new Link(ifindex, name, "veth", "", true, null);
  }

  private static Link eni(int ifindex, PodRef pod) {
    return link(ifindex, VpcCniNaming.EKS.hostInterface(pod));
  }

  @Test
  void findsTheLinkOfAPodThatWasExpected() {
    interfaces.expect(WEB, List.of());
    Link link = eni(7, WEB);
    assertEquals(
        List.of(new LinkMatch.Found(link, WEB)), interfaces.on(new LinkEvent.Appeared(link)));
  }

  @Test
  void findsThePodOfALinkThatWasThere() {
    Link link = eni(7, WEB);
    interfaces.on(new LinkEvent.Appeared(link));
    assertEquals(List.of(new LinkMatch.Found(link, WEB)), interfaces.expect(WEB, List.of()));
  }

  @Test
  void findsBranchAndFurtherInterfaces() {
    interfaces.expect(WEB, List.of());
    Link branch = link(8, VpcCniNaming.BRANCH.hostInterface(WEB));
    Link second = link(9, VpcCniNaming.EKS.hostInterface(WEB, 1));
    interfaces.on(new LinkEvent.Appeared(branch));
    interfaces.on(new LinkEvent.Appeared(second));
    assertEquals(Map.of(8, WEB, 9, WEB), interfaces.owners());
  }

  @Test
  void namesOfDifferentPodsNeverMeet() {
    interfaces.expect(new PodRef("a-b", "c"), List.of());
    assertEquals(List.of(), interfaces.on(new LinkEvent.Appeared(eni(7, new PodRef("a", "b-c")))));
  }

  /** The CNI hashes one text for both: shop.web.1. */
  @Test
  void aPodsFirstNameGoesBeforeAnothersFurtherOne() {
    PodRef likeSecond = new PodRef("shop", "web.1");
    Link link = eni(7, likeSecond);
    interfaces.on(new LinkEvent.Appeared(link));
    interfaces.expect(likeSecond, List.of());
    assertEquals(List.of(), interfaces.expect(WEB, List.of()), "told last");
    assertEquals(Map.of(7, likeSecond), interfaces.owners());
    assertEquals(
        List.of(new LinkMatch.Lost(link, likeSecond), new LinkMatch.Found(link, WEB)),
        interfaces.forget(likeSecond));
    assertEquals(
        List.of(new LinkMatch.Lost(link, WEB), new LinkMatch.Found(link, likeSecond)),
        interfaces.expect(likeSecond, List.of()));
    assertEquals(List.of(), interfaces.forget(WEB));
    assertEquals(Map.of(7, likeSecond), interfaces.owners());
  }

  @Test
  void findsByTheHostRouteWhereNamesSayNothing() {
    PodInterfaces routed = new PodInterfaces(new InterfaceNaming(List.of(), 0));
    Link link = link(7, "cali123");
    routed.on(new LinkEvent.Appeared(link));
    routed.expect(WEB, List.of(ADDRESS));
    assertEquals(
        List.of(new LinkMatch.Found(link, WEB)), routed.on(new LinkEvent.RouteAdded(ADDRESS, 7)));
    assertEquals(
        List.of(new LinkMatch.Lost(link, WEB)), routed.on(new LinkEvent.RouteRemoved(ADDRESS, 7)));
  }

  @Test
  void anAddressUsedAgainIsTheLaterPods() {
    PodInterfaces routed = new PodInterfaces(new InterfaceNaming(List.of(), 0));
    Link link = link(7, "cali123");
    routed.on(new LinkEvent.Appeared(link));
    routed.on(new LinkEvent.RouteAdded(ADDRESS, 7));
    routed.expect(WEB, List.of(ADDRESS));
    assertEquals(
        List.of(new LinkMatch.Lost(link, WEB), new LinkMatch.Found(link, DB)),
        routed.expect(DB, List.of(ADDRESS)));
    assertEquals(List.of(), routed.forget(WEB));
    assertEquals(Map.of(7, DB), routed.owners());
  }

  @Test
  void aRenamedLinkIsNoLongerThePods() {
    interfaces.expect(WEB, List.of());
    Link before = eni(7, WEB);
    Link after = link(7, "other");
    interfaces.on(new LinkEvent.Appeared(before));
    assertEquals(
        List.of(new LinkMatch.Lost(after, WEB)),
        interfaces.on(new LinkEvent.Changed(before, after)));
  }

  @Test
  void theOrderMakesNoDifference() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      PodInterfaces shuffled = new PodInterfaces(InterfaceNaming.EKS);
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> shuffled.expect(WEB, List.of(ADDRESS)));
      steps.add(() -> shuffled.expect(DB, List.of()));
      steps.add(() -> shuffled.on(new LinkEvent.Appeared(eni(7, WEB))));
      steps.add(() -> shuffled.on(new LinkEvent.Appeared(eni(8, DB))));
      steps.add(() -> shuffled.on(new LinkEvent.Appeared(link(9, "routed"))));
      steps.add(() -> shuffled.on(new LinkEvent.RouteAdded(ADDRESS, 9)));
      steps.add(() -> shuffled.on(new LinkEvent.Appeared(eni(7, WEB))));
      Collections.shuffle(steps, random);
      steps.forEach(Runnable::run);
      assertEquals(Map.of(7, WEB, 8, DB, 9, WEB), shuffled.owners());
    }
  }
}
