package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.netlink.InterfaceHold;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is held is in the kernel for as long as it should be, whatever others do. */
class HeldInterfacesTest {
  private static final Set<String> NAMES = Set.of("eni1", "eni2");

  private static void in(KernelNode node, Consumer<LibbpfDatapath> story) {
    in(node, node.settings(), story);
  }

  private static void in(
      KernelNode node, DatapathSettings settings, Consumer<LibbpfDatapath> story) {
    node.run(() -> {
      try (LibbpfDatapath datapath = LibbpfDatapath.open(settings)) {
        story.accept(datapath);
      }
    });
  }

  private static boolean isHeld() {
    try (InterfaceHold hold = InterfaceHold.open(HeldInterfaces.TABLE, Duration.ZERO)) {
      return hold.isThere();
    }
  }

  private static DatapathSettings open(KernelNode node) {
    return new DatapathSettings(
        node.root(), HookKind.BEST, DatapathSettings.CLSACT_PRIORITY, Map.of(), true, true, false);
  }

  @Test
  void holdsOnWithoutAProcessWhereTheUnknownIsDenied() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(node, datapath -> datapath.hold(NAMES));
      assertTrue(node.namespace().call(HeldInterfacesTest::isHeld));
      in(
          node,
          datapath -> {
            assertTrue(isHeld(), "nothing was said yet");
            datapath.hold(Set.of());
            assertFalse(isHeld());
          });
    }
  }

  @Test
  void holdsOnForAWhileWithoutAProcessWhereTheUnknownIsAllowed() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(
          node,
          open(node),
          datapath -> {
            datapath.hold(NAMES);
            assertTrue(isHeld());
            datapath.check();
          });
      String left = node.namespace().call(HeldInterfacesTest::rules);
      assertTrue(left.contains("timeout 2m") && left.contains("eni1"), left);
      in(node, open(node), datapath -> datapath.hold(Set.of()));
      assertFalse(node.namespace().call(HeldInterfacesTest::isHeld));
    }
  }

  @Test
  void whatWasDroppedIsCountedOnByTheNextProcess() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(
          node,
          open(node),
          datapath -> {
            assertEquals(Holding.NOTHING, datapath.holding());
            datapath.hold(NAMES);
            assertEquals(new Holding(2, 0, 0), datapath.holding());
          });
      node.run(() -> {
        String rule = "add rule inet merlon forward %s @held counter packets %d bytes 0 drop";
        OwnNamespace.execute(List.of("nft", "flush", "chain", "inet", "merlon", "forward"), "");
        for (String one : List.of(rule.formatted("iifname", 9), rule.formatted("oifname", 4))) {
          OwnNamespace.execute(List.of(("nft " + one).split(" ", -1)), "");
        }
      });
      in(
          node,
          open(node),
          datapath -> {
            datapath.hold(Set.of("eni3"));
            assertEquals(new Holding(1, 9, 4), datapath.holding());
            datapath.hold(Set.of());
            assertEquals(new Holding(0, 9, 4), datapath.holding());
          });
    }
  }

  @Test
  void putsBackWhatSomebodyRemoved() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(
          node,
          datapath -> {
            datapath.hold(NAMES);
            OwnNamespace.execute(List.of("nft", "flush", "ruleset"), "");
            assertFalse(isHeld());
            assertEquals(
                List.of(new Repair(Repair.Kind.ENTRY, "table merlon of nf_tables")),
                datapath.check().repairs());
            assertTrue(isHeld());
            assertEquals(List.of(), datapath.check().repairs());
          });
    }
  }

  @Test
  void putsBackASingleRuleAndASingleName() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(
          node,
          datapath -> {
            datapath.hold(NAMES);
            String whole = rules();
            OwnNamespace.execute(List.of("nft", "flush", "chain", "inet", "merlon", "forward"), "");
            OwnNamespace.execute(
                List.of("nft", "delete", "element", "inet", "merlon", "held", "{", "eni1", "}"),
                "");
            assertNotEquals(whole, rules());
            datapath.check();
            assertEquals(whole, rules());
          });
    }
  }

  private static String rules() {
    return OwnNamespace.execute(List.of("nft", "-s", "list", "table", "inet", "merlon"), "");
  }

  @Test
  void namesChangeEvenWhenSomebodyRemovedTheTableMeanwhile() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(
          node,
          datapath -> {
            datapath.hold(NAMES);
            OwnNamespace.execute(List.of("nft", "flush", "ruleset"), "");
            datapath.hold(Set.of("eni2", "eni3"));
            assertTrue(rules().contains("eni3"), HeldInterfacesTest::rules);
          });
    }
  }

  @Test
  void detachingRemovesIt() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      in(node, datapath -> datapath.hold(NAMES));
      node.run(() -> LibbpfDatapath.detachEverything(node.settings()));
      assertFalse(node.namespace().call(HeldInterfacesTest::isHeld));
    }
  }
}
