package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.FolderWatch.FolderPace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderWatchTest {
  private static final String KEPT = "what this file said before stays in force";

  @TempDir Path around;
  private final RecordingSink sink = new RecordingSink();
  private @Nullable FolderWatch watch;

  @AfterEach
  void close() {
    if (watch != null) {
      watch.close();
    }
  }

  /** One that is told of changes: it would look by itself only when the test is long over. */
  private FolderWatch open(Path root) {
    return open(root, Duration.ofMinutes(5));
  }

  private FolderWatch open(Path root, Duration rescan) {
    var pace = new FolderPace(Duration.ofMillis(30), Duration.ofMillis(500), rescan);
    var opened = FolderWatch.open(root, sink, pace);
    watch = opened;
    sink.awaitLog("=ALL");
    return opened;
  }

  private static String policy(String name) {
    return """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: %s, namespace: "n"}
    spec: {podSelector: {}}
    """
        .formatted(name);
  }

  private static void replace(Path file, String text) throws IOException {
    Path beside = file.resolveSibling(".new");
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> policies() {
    return sink.log(entry -> entry.contains("NETWORK_POLICY"));
  }

  private void awaitProblem(FolderWatch opened, String reason) {
    sink.await(
        reason,
        () -> opened.contents().problems().stream().anyMatch(p -> p.reason().contains(reason)));
  }

  @Test
  void tellsWhatIsThereAndThenWhatChanges() throws IOException {
    Path root = Files.createDirectory(around.resolve("root"));
    Files.writeString(root.resolve("a.yaml"), policy("a"));
    open(root);
    Files.writeString(root.resolve("b.yaml"), policy("b"));
    sink.awaitLog("+NETWORK_POLICY n/b");
    Path deeper = Files.createDirectories(root.resolve("x/y"));
    Files.writeString(deeper.resolve("c.yaml"), policy("c"));
    sink.awaitLog("+NETWORK_POLICY n/c");
    replace(deeper.resolve("c.yaml"), policy("d"));
    sink.awaitLog("-NETWORK_POLICY n/c");
    Files.delete(root.resolve("a.yaml"));
    sink.awaitLog("-NETWORK_POLICY n/a");
    assertEquals(
        List.of(
            "+NETWORK_POLICY n/a",
            "+NETWORK_POLICY n/b",
            "+NETWORK_POLICY n/c",
            "+NETWORK_POLICY n/d",
            "-NETWORK_POLICY n/c",
            "-NETWORK_POLICY n/a"),
        policies());
  }

  @Test
  void followsAConfigMapsLinksWhenTheyAreSwapped() throws IOException {
    Path root = Files.createDirectory(around.resolve("mount"));
    Path data = root.resolve("..data");
    Path first = Files.createDirectory(root.resolve("..2026_1"));
    Files.writeString(first.resolve("p.yaml"), policy("one"));
    Files.createSymbolicLink(data, first.getFileName());
    Files.createSymbolicLink(root.resolve("p.yaml"), Path.of("..data/p.yaml"));
    open(root);
    Path second = Files.createDirectory(root.resolve("..2026_2"));
    // The same length and the same time: only the file is another.
    Files.writeString(second.resolve("p.yaml"), policy("two"));
    Files.setLastModifiedTime(
        second.resolve("p.yaml"), Files.getLastModifiedTime(first.resolve("p.yaml")));
    Path swap = root.resolve("..data_tmp");
    Files.createSymbolicLink(swap, second.getFileName());
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
    sink.awaitLog("-NETWORK_POLICY n/one");
    assertEquals(
        List.of("+NETWORK_POLICY n/one", "+NETWORK_POLICY n/two", "-NETWORK_POLICY n/one"),
        policies());
  }

  @Test
  void followsARootThatIsALinkItself() throws IOException {
    Path first = Files.createDirectory(around.resolve("v1"));
    Path second = Files.createDirectory(around.resolve("v2"));
    Files.writeString(first.resolve("p.yaml"), policy("one"));
    Files.writeString(second.resolve("p.yaml"), policy("two"));
    Path root = Files.createSymbolicLink(around.resolve("current"), first);
    open(root);
    Path swap = Files.createSymbolicLink(around.resolve("swap"), second);
    Files.move(swap, root, StandardCopyOption.ATOMIC_MOVE);
    sink.awaitLog("-NETWORK_POLICY n/one");
    assertTrue(policies().contains("+NETWORK_POLICY n/two"));
  }

  @Test
  void findsBehindALinkWhatNobodyTellsOf() throws IOException {
    Path root = Files.createDirectory(around.resolve("root"));
    Path elsewhere = Files.createDirectory(around.resolve("elsewhere")).resolve("p.yaml");
    Files.writeString(elsewhere, policy("one"));
    Files.createSymbolicLink(root.resolve("p.yaml"), elsewhere);
    open(root, Duration.ofMillis(100));
    Files.writeString(elsewhere, policy("two"));
    sink.awaitLog("-NETWORK_POLICY n/one");
  }

  @Test
  void aHalfWrittenFileKeepsSayingWhatItSaid() throws IOException {
    Path file = around.resolve("p.yaml");
    Files.writeString(file, policy("a") + "---\n" + policy("b"));
    FolderWatch opened = open(around);
    String whole = policy("a") + "---\n" + policy("b") + "---\n" + policy("c");
    Files.writeString(file, whole.substring(0, whole.length() - 20));
    awaitProblem(opened, KEPT);
    assertTrue(opened.contents().hasErrors());
    assertEquals(List.of("+NETWORK_POLICY n/a", "+NETWORK_POLICY n/b"), policies());
    Files.writeString(file, whole.substring(whole.length() - 20), StandardOpenOption.APPEND);
    sink.awaitLog("+NETWORK_POLICY n/c");
    sink.await("no problem", () -> opened.contents().problems().isEmpty());
    assertEquals(List.of(), sink.log(entry -> entry.startsWith("-")));
  }

  @Test
  void anEmptiedOrUnreadableFileKeepsSayingWhatItSaidAndADeletedOneDoesNot() throws IOException {
    Path file = around.resolve("p.yaml");
    Files.writeString(file, policy("a"));
    FolderWatch opened = open(around);
    Files.writeString(file, "");
    awaitProblem(opened, KEPT);
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, (byte) 0xFF});
    awaitProblem(opened, "not UTF-8 text");
    Files.delete(file);
    Files.createSymbolicLink(file, around.resolve("nowhere"));
    awaitProblem(opened, "cannot be read");
    assertEquals(List.of("+NETWORK_POLICY n/a"), policies());
    Files.delete(file);
    sink.awaitLog("-NETWORK_POLICY n/a");
    sink.await("no problem", () -> opened.contents().problems().isEmpty());
  }

  @Test
  void aFileOneOfWhoseObjectsIsRefusedIsNotHalfTaken() throws IOException {
    Path file = around.resolve("p.yaml");
    Files.writeString(file, policy("a") + "---\n" + policy("b"));
    FolderWatch opened = open(around);
    replace(file, policy("c") + "---\n" + policy("b").replace("podSelector: {}", "podSelector: 7"));
    awaitProblem(opened, KEPT);
    assertEquals(List.of("+NETWORK_POLICY n/a", "+NETWORK_POLICY n/b"), policies());
  }

  @Test
  void aRootThatVanishesTakesNothingAway() throws IOException {
    Path root = Files.createDirectory(around.resolve("root"));
    Files.writeString(root.resolve("p.yaml"), policy("a"));
    FolderWatch opened = open(root);
    Files.move(root, around.resolve("away"));
    awaitProblem(opened, "cannot be read");
    assertEquals(List.of("+NETWORK_POLICY n/a"), policies());
    Files.move(around.resolve("away"), root);
    Files.writeString(root.resolve("q.yaml"), policy("b"));
    sink.awaitLog("+NETWORK_POLICY n/b");
    sink.await("no problem", () -> opened.contents().problems().isEmpty());
    assertEquals(List.of("+NETWORK_POLICY n/a", "+NETWORK_POLICY n/b"), policies());
  }

  @Test
  void aSingleFileIsFollowedToo() throws IOException {
    Path file = around.resolve("p.yaml");
    Files.writeString(file, policy("a"));
    open(file);
    replace(file, policy("b"));
    sink.awaitLog("-NETWORK_POLICY n/a");
  }

  @Test
  void whatTheSinkDoesNotTakeIsOfferedAgain() throws IOException {
    open(around);
    sink.refuse(2);
    Files.writeString(around.resolve("p.yaml"), policy("a"));
    sink.awaitLog("+NETWORK_POLICY n/a");
  }

  @Test
  void afterAnyStoryTheStateIsThatOfAFreshReading() throws IOException {
    var random = new Random(11);
    open(around, Duration.ofMillis(50));
    for (int step = 0; step < 200; step++) {
      Path file = around.resolve("f" + random.nextInt(6) + ".yaml");
      String text = policy("p" + random.nextInt(9)) + "---\n" + policy("q" + random.nextInt(9));
      switch (random.nextInt(4)) {
        case 0 -> Files.deleteIfExists(file);
        case 1 -> replace(file, text);
        case 2 ->
            Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE);
        default -> Files.writeString(file, text.substring(0, random.nextInt(text.length())));
      }
    }
    for (int i = 0; i < 6; i++) {
      replace(around.resolve("f" + i + ".yaml"), policy("end" + i));
    }
    var expected = List.copyOf(ManifestFolder.read(around).events());
    assertFalse(expected.isEmpty());
    sink.await(
        "the folder's state",
        () ->
            sink.state().size() == expected.size() && sink.state().values().containsAll(expected));
  }

  @Test
  void closingEndsItsThread() throws IOException {
    open(around).close();
    int heard = sink.log().size();
    Files.writeString(around.resolve("p.yaml"), policy("a"));
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(
                thread -> thread.isAlive() && thread.getName().equals("merlon-watch-folder")));
    assertEquals(heard, sink.log().size());
    assertTrue(
        sink.state().values().stream().noneMatch(ClusterEvent.PutNetworkPolicy.class::isInstance));
  }
}
