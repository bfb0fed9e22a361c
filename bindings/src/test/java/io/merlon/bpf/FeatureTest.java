package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the running kernel can do, against what its version promises. */
@ExtendWith(LeakCheck.class)
class FeatureTest {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  private static int version(String text) {
    Matcher matcher = VERSION.matcher(text);
    assertTrue(matcher.find(), text);
    MatchResult found = matcher.toMatchResult();
    return Integer.parseInt(found.group(1)) * 1000 + Integer.parseInt(found.group(2));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "KERNEL_BTF")
  void agreesWithTheKernelsVersion(Feature feature) {
    boolean promised = version(System.getProperty("os.version")) >= version(feature.text());
    assertEquals(promised ? Support.SUPPORTED : Support.UNSUPPORTED, feature.support());
  }

  @Test
  void withoutPrivilegesTheAnswerIsUnknown() {
    String output =
        Command.run(
            Command.jvm(
                UnprivilegedMain.class, List.of("setpriv", "--bounding-set=-all"), "probe"));
    for (Feature feature : Feature.values()) {
      String expected =
          switch (feature) {
            case KERNEL_BTF -> feature.support().toString();
            case TCX,
                CLSACT,
                BATCH_OPS,
                RING_BUFFER,
                LPM_TRIE,
                BTF,
                MAPPED_ARRAY,
                ATOMICS,
                BOUNDED_LOOPS,
                RUN_STATISTICS ->
                "UNKNOWN";
          };
      assertTrue(output.contains(feature + " " + expected + "\n"), feature + " in " + output);
    }
  }
}
