package io.merlon.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.netlink.InterfaceHold.Dropped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A table of nf_tables', as nft(8) sees it, in a namespace of its own. */
class InterfaceHoldTest {
  private static final String TABLE = "merlon";
  private static final Duration MINUTES = Duration.ofMinutes(2);
  private static final Pattern NAME = Pattern.compile("\"(eni[0-9a-z]+)\"");

  private interface Story {
    void play() throws Exception;
  }

  private static void inNamespaceOfItsOwn(Story story) throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          ThreadNamespace.enterNew();
          story.play();
          return true;
        });
    Thread.ofPlatform().start(task);
    assertTrue(task.get());
  }

  /** A child of this thread is in the thread's namespace. */
  private static String nft(String... arguments) {
    List<String> command = new ArrayList<>(List.of("nft"));
    command.addAll(List.of(arguments));
    try {
      Process nft = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, nft.waitFor(), text);
      return text;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String ruleset() {
    return nft("list", "ruleset");
  }

  private static Set<String> held() {
    return NAME.matcher(ruleset())
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj("eni%011x"::formatted)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void holdsNamesOfInterfacesThatDoNotExist() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ZERO)) {
        assertFalse(hold.isThere());
        hold.replace(names(0, 3));
        assertTrue(hold.isThere());
        assertEquals(names(0, 3), held());
        assertTrue(ruleset().contains("iifname @held counter packets 0 bytes 0 drop"));
        assertTrue(ruleset().contains("oifname @held counter packets 0 bytes 0 drop"));
        hold.change(names(3, 5), names(0, 1));
        assertEquals(names(1, 5), held());
      }
    });
  }

  @Test
  void thousandsFit() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ZERO)) {
        hold.replace(names(0, 10_000));
        assertEquals(10_000, held().size());
      }
    });
  }

  @Test
  void withNothingToHoldThereIsNoTable() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ZERO)) {
        hold.replace(Set.of());
        assertEquals("", ruleset());
        hold.replace(names(0, 3));
        hold.replace(names(2, 4));
        assertEquals(names(2, 4), held());
        hold.replace(Set.of());
        assertFalse(hold.isThere());
        assertEquals("", ruleset());
      }
    });
  }

  @Test
  void whatIsHeldOutlivesItsHolderAndIsReplacedByTheNext() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ZERO)) {
        hold.replace(names(0, 3));
      }
      assertEquals(names(0, 3), held());
      try (InterfaceHold hold = InterfaceHold.open(TABLE, MINUTES)) {
        hold.replace(names(3, 4));
        assertEquals(names(3, 4), held());
      }
      assertEquals(names(3, 4), held());
      assertTrue(ruleset().contains("timeout 2m"), InterfaceHoldTest::ruleset);
    });
  }

  @Test
  void aNameNobodyRenewsIsForgotten() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, Duration.ofMillis(1500))) {
        hold.replace(names(0, 3));
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() < until) {
          hold.renew(names(0, 3));
          assertEquals(names(0, 3), held());
        }
      }
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!held().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, InterfaceHoldTest::ruleset);
      }
    });
  }

  @Test
  void whatSomebodyChangedIsSeen() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, MINUTES)) {
        hold.replace(names(0, 3));
        assertTrue(hold.isAsMade());
        hold.change(names(3, 5), names(0, 1));
        hold.renew(names(0, 9));
        assertTrue(hold.isAsMade(), InterfaceHoldTest::ruleset);
        nft("flush", "chain", "inet", TABLE, "forward");
        assertFalse(hold.isAsMade());
        hold.replace(names(0, 3));
        nft("insert", "rule", "inet", TABLE, "forward", "accept");
        assertFalse(hold.isAsMade());
      }
    });
  }

  @Test
  void countsGoOnWhereTheyWereWhoeverMakesTheTableAnew() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, MINUTES)) {
        assertEquals(Dropped.NOTHING, hold.dropped());
        hold.replace(names(0, 3));
        countedAs(70, 7);
        assertEquals(new Dropped(70, 7), hold.dropped());
        hold.renew(names(0, 3));
        assertEquals(new Dropped(70, 7), hold.dropped());
        hold.replace(Set.of());
        assertEquals(new Dropped(70, 7), hold.dropped());
        hold.replace(names(0, 3));
        assertTrue(ruleset().contains("iifname @held counter packets 70"));
      }
      try (InterfaceHold next = InterfaceHold.open(TABLE, Duration.ZERO)) {
        next.replace(names(0, 2));
        assertEquals(new Dropped(70, 7), next.dropped());
        assertTrue(ruleset().contains("oifname @held counter packets 7 "));
      }
    });
  }

  /** The rules, as if they had dropped something. */
  private static void countedAs(long from, long to) {
    String rule = "add rule inet merlon forward %s @held counter packets %d bytes 0 drop";
    nft("flush", "chain", "inet", TABLE, "forward");
    nft(rule.formatted("iifname", from).split(" ", -1));
    nft(rule.formatted("oifname", to).split(" ", -1));
  }
}
