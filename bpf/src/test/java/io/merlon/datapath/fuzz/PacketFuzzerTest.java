package io.merlon.datapath.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.model.DatapathModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fuzzer itself: that it finds what is wrong, and can say it shortly. */
class PacketFuzzerTest {

  /** Wrong in one thing: it lets every packet of more than four segments pass. */
  private static final class Careless extends DatapathModel {
    @Override
    public Fate fate(Hook hook, int line, Frame frame) {
      Fate fate = super.fate(hook, line, frame);
      return frame.gsoSegments() == 4 && fate == Fate.DROPPED ? Fate.PASSED : fate;
    }
  }

  /** It tells of no denial. */
  private static final class Silent extends DatapathModel {
    @Override
    public Map<Denial, Long> untold() {
      return Map.of();
    }
  }

  @Test
  void denialsNobodyTellsOfAreFound() {
    AssertionError error =
        assertThrows(AssertionError.class, () -> new PacketFuzzer(new Silent()).run(1, 4000));
    assertTrue(String.valueOf(error.getMessage()).contains("denials Denial"), error::getMessage);
  }

  @Test
  void aLifeIsAFunctionOfItsSeed() {
    assertEquals(PacketFuzzer.life(7).toString(), PacketFuzzer.life(7).toString());
  }

  @Test
  void theModelAgreesWithItself() {
    assertEquals(16_000, new PacketFuzzer(new DatapathModel()).run(1, 15_000));
  }

  @Test
  void aWrongDatapathIsFoundAndItsStoryShort() {
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> new PacketFuzzer(new Careless()).run(1, 1_000_000));
    String story = String.valueOf(error.getMessage());
    assertTrue(story.contains("seed "), story);
    assertEquals(1, story.lines().filter(line -> line.startsWith("send ")).count(), story);
  }

  @Test
  void aStoryIsCutToWhatIsNeeded() {
    List<Integer> story = List.of(9, 1, 8, 8, 2, 7, 3, 6);
    assertEquals(
        List.of(1, 2, 3), Shrinker.shrink(story, cut -> cut.containsAll(List.of(1, 2, 3))));
  }
}
