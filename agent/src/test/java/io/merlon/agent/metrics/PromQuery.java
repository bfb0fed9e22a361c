package io.merlon.agent.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of PromQL names. It takes for granted that promtool takes the expression.
 *
 * @param metrics with the labels they are selected by
 * @param grouped the labels it groups or joins by
 */
record PromQuery(Map<String, Set<String>> metrics, Set<String> grouped) {
  private static final Pattern TOKEN =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[a-zA-Z_:][\\w:]*|\\$\\w+|[0-9][\\w.]*|[^\\s]");
  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");

  static PromQuery of(String expression) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(expression);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    Map<String, Set<String>> metrics = new TreeMap<>();
    Set<String> grouped = new TreeSet<>();
    int at = 0;
    while (at < tokens.size()) {
      String token = tokens.get(at);
      String next = at + 1 < tokens.size() ? tokens.get(at + 1) : "";
      at++;
      if (!isName(token) || WORDS.contains(token)) {
        continue;
      }
      if (GROUPING.contains(token) && next.equals("(")) {
        at = names(tokens, at + 1, ")", grouped);
      } else if (!next.equals("(") && !GROUPING.contains(next)) {
        Set<String> labels = metrics.computeIfAbsent(token, _ -> new TreeSet<>());
        if (next.equals("{")) {
          at = names(tokens, at + 1, "}", labels);
        }
      }
    }
    return new PromQuery(metrics, grouped);
  }

  private static int names(List<String> tokens, int from, String end, Set<String> into) {
    int at = from;
    while (!tokens.get(at).equals(end)) {
      if (isName(tokens.get(at))) {
        into.add(tokens.get(at));
      }
      at++;
    }
    return at + 1;
  }

  private static boolean isName(String token) {
    return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
  }
}
