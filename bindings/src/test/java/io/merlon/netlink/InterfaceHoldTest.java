package io.merlon.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
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
  private static String ruleset() throws Exception {
    Process nft = new ProcessBuilder("nft", "list", "ruleset").start();
    String text = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, nft.waitFor());
    return text;
  }

  private static Set<String> held() throws Exception {
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
      try (InterfaceHold hold = InterfaceHold.open(TABLE, true)) {
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
      try (InterfaceHold hold = InterfaceHold.open(TABLE, true)) {
        hold.replace(names(0, 10_000));
        assertEquals(10_000, held().size());
      }
    });
  }

  @Test
  void withNothingToHoldThereIsNoTable() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, false)) {
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
  void whatIsToLastOutlivesItsHolderAndIsReplacedByTheNext() throws Exception {
    inNamespaceOfItsOwn(() -> {
      try (InterfaceHold hold = InterfaceHold.open(TABLE, true)) {
        hold.replace(names(0, 3));
      }
      assertEquals(names(0, 3), held());
      try (InterfaceHold hold = InterfaceHold.open(TABLE, false)) {
        hold.replace(names(3, 4));
        assertEquals(names(3, 4), held());
      }
      assertEquals("", ruleset());
    });
  }
}
