package io.merlon.agent.watch;

import io.merlon.agent.watch.Written.Shape;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What a plain scalar means: as kubectl reads it, which is YAML 1.1 in places ({@code yes} and
 * {@code on} are booleans, {@code 0777} is octal), so that a folder means here what it means when
 * it is applied.
 */
final class YamlScalars {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUES =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSES =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern INTEGER =
      Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)"
              + "|\\.(nan|NaN|NAN)");

  private YamlScalars() {}

  static Shape shape(ScalarNode scalar) {
    if (scalar.isResolved() || scalar.getTag().equals(Tag.STR)) {
      return scalar.isPlain() && scalar.isResolved() ? plain(scalar.getValue()) : Shape.STRING;
    }
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return Shape.NUMBER;
    }
    if (tag.equals(Tag.BOOL)) {
      return Shape.BOOLEAN;
    }
    return tag.equals(Tag.NULL) ? Shape.NULL : Shape.STRING;
  }

  private static Shape plain(String text) {
    if (NULLS.contains(text)) {
      return Shape.NULL;
    }
    if (TRUES.contains(text) || FALSES.contains(text)) {
      return Shape.BOOLEAN;
    }
    String digits = text.replace("_", "");
    boolean numeric = startsNumeric(text);
    return numeric && (INTEGER.matcher(digits).matches() || FLOAT.matcher(digits).matches())
        ? Shape.NUMBER
        : Shape.STRING;
  }

  private static boolean startsNumeric(String text) {
    char first = text.charAt(0);
    return first == '+' || first == '-' || first == '.' || (first >= '0' && first <= '9');
  }

  static boolean truth(String text) {
    return TRUES.contains(text);
  }

  static @Nullable Integer integer(String written) {
    String text = written.replace("_", "");
    if (!INTEGER.matcher(text).matches()) {
      return whole(text);
    }
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    try {
      long value = magnitude(digits);
      long signed = negative ? -value : value;
      return signed == (int) signed ? (Integer) (int) signed : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** A number written with a point or an exponent, which may be whole all the same. */
  private static @Nullable Integer whole(String text) {
    double value = FLOAT.matcher(text).matches() ? parse(text) : Double.NaN;
    return value == (int) value ? (Integer) (int) value : null;
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static long magnitude(String digits) {
    if (digits.length() < 2 || digits.charAt(0) != '0') {
      return Long.parseLong(digits);
    }
    return switch (digits.charAt(1)) {
      case 'x', 'X' -> Long.parseLong(digits.substring(2), 16);
      case 'b', 'B' -> Long.parseLong(digits.substring(2), 2);
      case 'o', 'O' -> Long.parseLong(digits.substring(2), 8);
      default -> Long.parseLong(digits, 8);
    };
  }
}
