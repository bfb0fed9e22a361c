package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The expected values are what kubectl's YAML library makes of the same document. */
final class YamlScalarsTest {
  @Test
  void plainScalarsMeanWhatTheyMeanToKubectl() {
    String text =
        """
        {a: no, b: 1e5, c: 2024-01-01, d: 1_0, e: +1, f: .5, g: 1., h: 0o17, i: 0b11, j: 1e+5,
         k: 08, l: yes, m: 017, o: -0, p: '190:20:30', q: !!str 80, r: ~, s: '', t: , u: 1__0,
         v: _1, w: 0_8, x: 0X1F, z: 80.0}
        """;
    var parsed =
        (ManifestText.Document.Parsed) new ManifestText(Path.of("x"), text).documents().getFirst();
    var read = new TreeMap<String, String>();
    parsed.root().fields((name, value) -> read.put(name, meaning(value)));
    assertEquals(
        new TreeMap<>(
            Map.ofEntries(
                Map.entry("a", "false"),
                Map.entry("b", "100000"),
                Map.entry("c", "'2024-01-01'"),
                Map.entry("d", "10"),
                Map.entry("e", "1"),
                Map.entry("f", "not whole"),
                Map.entry("g", "1"),
                Map.entry("h", "15"),
                Map.entry("i", "3"),
                Map.entry("j", "100000"),
                Map.entry("k", "8"),
                Map.entry("l", "true"),
                Map.entry("m", "15"),
                Map.entry("o", "0"),
                Map.entry("p", "'190:20:30'"),
                Map.entry("q", "'80'"),
                Map.entry("r", "null"),
                Map.entry("s", "''"),
                Map.entry("t", "null"),
                Map.entry("u", "10"),
                Map.entry("v", "'_1'"),
                Map.entry("w", "8"),
                Map.entry("x", "31"),
                Map.entry("z", "80"))),
        read);
  }

  private static String meaning(Written value) {
    return switch (value.shape()) {
      case STRING -> "'" + value.text() + "'";
      case NUMBER -> value.integer() == null ? "not whole" : String.valueOf(value.integer());
      case BOOLEAN -> String.valueOf(value.truth());
      case NULL -> "null";
      case OBJECT, LIST -> value.shape().toString();
    };
  }
}
