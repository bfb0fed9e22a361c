package io.merlon.agent.glass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.PodRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the glass is broken, for how long, and that it is whole again by itself. */
class GlassTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Scope SHOP = new Scope.Namespace("shop");

  @TempDir private Path root;
  private Instant now = START;

  private Glass glass() {
    return new Glass(
        GlassFolder.below(root), () -> now, () -> Duration.between(START, now).plusSeconds(600));
  }

  private static Break broken(Scope scope, Duration length) {
    return new Break(
        scope, START.plus(length), "ops", "payments | are \"down\", https://jira/x//y/ 100%2F");
  }

  private static List<ClusterEvent> namespace(Map<String, String> annotations) {
    return List.of(new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), annotations)));
  }

  @Test
  void isBrokenUntilItsTimeIsOver() throws IOException {
    Glass glass = glass();
    assertFalse(glass.look());
    Break broken = broken(SHOP, Duration.ofMinutes(15));
    GlassFolder.below(root).put(broken);
    assertTrue(glass.look());
    assertEquals(List.of(broken), glass.current().all());
    assertFalse(glass.look());
    now = START.plus(Duration.ofMinutes(15)).minusMillis(1);
    assertFalse(glass.look());
    now = START.plus(Duration.ofMinutes(15));
    assertTrue(glass.look());
    assertEquals(Breaks.NONE, glass.current());
    try (var left = Files.list(root.resolve("glass"))) {
      assertEquals(0, left.count(), "what is over is removed");
    }
  }

  @Test
  void lastsThroughARestartAndNoLonger() throws IOException {
    GlassFolder.below(root).put(broken(SHOP, Duration.ofMinutes(15)));
    Glass first = glass();
    first.look();
    Glass second = glass();
    second.look();
    assertEquals(first.current(), second.current());
    now = START.plus(Duration.ofMinutes(16));
    Glass third = glass();
    third.look();
    assertEquals(Breaks.NONE, third.current());
  }

  @Test
  void aSecondBreakOfAScopeTakesTheFirstOnesPlace() throws IOException {
    GlassFolder.below(root).put(broken(SHOP, Duration.ofMinutes(15)));
    GlassFolder.below(root).put(broken(SHOP, Duration.ofMinutes(1)));
    Glass glass = glass();
    glass.look();
    assertEquals(List.of(broken(SHOP, Duration.ofMinutes(1))), glass.current().all());
    assertTrue(GlassFolder.below(root).end(SHOP));
    assertFalse(GlassFolder.below(root).end(SHOP));
    glass.look();
    assertEquals(Breaks.NONE, glass.current());
  }

  @Test
  void anAnnotationBreaksItTooAndItsRemovalEndsThat() {
    Glass glass = glass();
    glass.learn(namespace(Map.of(Annotations.BREAK_GLASS, "2026-01-31T12:15:00Z api is down")));
    assertTrue(glass.look());
    assertEquals("api is down", glass.current().all().getFirst().reason());
    glass.learn(namespace(Map.of()));
    assertTrue(glass.look());
    assertEquals(Breaks.NONE, glass.current());
  }

  @Test
  void anAnnotationIsJudgedByWhenItWasSet() {
    now = Instant.parse("2026-02-28T12:00:00Z");
    String value = "2026-02-28T12:15:00Z for a month";
    Glass glass = glass();
    glass.learn(annotated(value, "kubectl-annotate at 2026-01-31T12:00:00Z"));
    assertFalse(glass.look());
    glass.learn(annotated(value, "kubectl-annotate at 2026-02-28T11:59:00Z"));
    assertTrue(glass.look());
    assertEquals("annotation by kubectl-annotate", glass.current().all().getFirst().by());
    glass.learn(annotated(value, "kubectl-annotate at 2027-01-31T12:00:00Z"));
    assertFalse(glass.look(), "nothing changed");
    glass.learn(annotated("2026-03-02T12:15:00Z", "kubectl-annotate at 2027-01-31T12:00:00Z"));
    assertTrue(glass.look(), "a server's clock may be wrong");
    assertEquals(Breaks.NONE, glass.current());
  }

  private static List<ClusterEvent> annotated(String value, String setter) {
    return namespace(
        Map.of(Annotations.BREAK_GLASS, value, Annotations.BREAK_GLASS_SET_BY, setter));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T12:15:00Z",
        "soon because",
        "2026-02-28T12:15:00Z for a month",
        "2026-01-31T11:59:59Z too late",
        ""
      })
  void staysWholeIfTheAnnotationIsNoneOrTooMuch(String value) {
    Glass glass = glass();
    glass.learn(namespace(Map.of(Annotations.BREAK_GLASS, value)));
    assertFalse(glass.look());
  }

  @Test
  void aFolderWithNonsenseBreaksNothing() throws IOException {
    Path folder = Files.createDirectories(root.resolve("glass"));
    Files.createSymbolicLink(folder.resolve("a"), Path.of("nonsense"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("node|never|x|y"));
    Files.writeString(folder.resolve("c"), "node");
    assertFalse(glass().look());
  }

  @Test
  void scopesCoverWhatTheySay() {
    PodRef web = new PodRef("shop", "web");
    assertTrue(new Scope.Node().covers(web));
    assertTrue(SHOP.covers(web));
    assertFalse(new Scope.Namespace("sho").covers(web));
    assertTrue(new Scope.Pod(web).covers(web));
    assertFalse(new Scope.Pod(new PodRef("shop", "api")).covers(web));
    for (Scope scope : List.of(new Scope.Node(), SHOP, new Scope.Pod(web))) {
      assertEquals(scope, Scope.parse(scope.toString()));
    }
    assertThrows(IllegalArgumentException.class, () -> Scope.parse("everything"));
    assertThrows(IllegalArgumentException.class, () -> Scope.pod("web"));
  }

  @Test
  void tellsTheKernelTheLatestEndInSecondsSinceBoot() throws IOException {
    GlassFolder.below(root).put(broken(SHOP, Duration.ofMinutes(15)));
    GlassFolder.below(root).put(broken(new Scope.Node(), Duration.ofMinutes(5)));
    Glass glass = glass();
    glass.look();
    PodRef web = new PodRef("shop", "web");
    assertEquals(600 + 900, glass.current().end(web, Mode.ENFORCE));
    assertEquals(600 + 300, glass.current().end(new PodRef("other", "web"), Mode.ENFORCE));
    assertEquals(0, glass.current().end(web, Mode.OBSERVE), "nothing is suspended there");
    now = START.plusSeconds(60);
    glass.look();
    assertEquals(600 + 900, glass.current().end(web, Mode.ENFORCE), "time passing moves nothing");
  }
}
