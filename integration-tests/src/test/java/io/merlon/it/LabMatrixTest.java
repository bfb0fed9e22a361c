package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code matrix} says is what packets do: folders drawn at random, each enforced by the real
 * agents of three nodes and tried connection by connection. The lab is kept, its folder replaced.
 */
class LabMatrixTest {
  private static final int FOLDERS = Integer.getInteger("merlon.lab.folders", 50);
  private static final long SEED = Long.getLong("merlon.lab.seed", 1);

  @TempDir Path folder;
  private long cells;
  private long denied;

  @Test
  void packetsDoWhatTheMatrixSays() throws Exception {
    long begun = System.nanoTime();
    write(SEED);
    try (MerlonLab lab = MerlonLab.start(folder)) {
      for (int i = 0; i < FOLDERS; i++) {
        if (i > 0) {
          write(SEED + i);
        }
        compare(SEED + i, lab.nextRound());
      }
    }
    System.out.printf(
        "lab and matrix: %d folders from seed %d, %d cells compared, %d of them denied,"
            + " 0 differences, %d s%n",
        FOLDERS, SEED, cells, denied, (System.nanoTime() - begun) / 1_000_000_000);
    assertTrue(denied > cells / 20 && denied < cells * 19 / 20, "the folders are of no use");
  }

  /** In one step: the lab and its agents never see half of a folder. */
  private void write(long seed) throws IOException {
    Path next = Files.writeString(folder.resolve(".next"), LabWorlds.write(seed));
    Files.move(next, folder.resolve("world.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The lab's verdicts are the packets'; all else of both is the compiler's, and the same text. */
  private void compare(long seed, String lab) {
    Command matrix =
        Command.run(MerlonLab.merlon("matrix", "--manifests", folder.toString(), "--json"), "");
    String expected = matrix.succeeded();
    String same = expected.substring(0, expected.lastIndexOf('}'));
    assertTrue(same.endsWith("\"problems\":[]"), "seed " + seed + " draws what is not valid");
    assertEquals(same, lab.substring(0, Math.min(same.length(), lab.length())), "seed " + seed);
    assertTrue(lab.contains("\"differences\":[]"), lab);
    cells += same.lines().filter(line -> line.startsWith("{\"from\"")).count();
    denied += same.lines().filter(line -> line.contains("\"verdict\":\"deny\",\"egress\"")).count();
  }
}
