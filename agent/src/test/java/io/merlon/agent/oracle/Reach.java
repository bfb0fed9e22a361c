package io.merlon.agent.oracle;

import io.merlon.agent.api.Pod;
import java.util.List;

/**
 * Who reaches whom: everybody everybody, but for exceptions such as {@code deny * > x/*} and then
 * {@code allow y/a > x/a}; the last that fits holds. A pod reaches itself whatever they say
 * (NP-19).
 */
final class Reach {
  private final List<String[]> exceptions;

  Reach(String... exceptions) {
    this.exceptions =
        List.of(exceptions).reversed().stream().map(text -> text.split("[ ]+", -1)).toList();
  }

  boolean allowed(Pod from, Pod to) {
    if (from.equals(to)) {
      return true;
    }
    for (String[] words : exceptions) {
      if (fits(words[1], from) && fits(words[3], to)) {
        return words[0].equals("allow");
      }
    }
    return true;
  }

  private static boolean fits(String pattern, Pod pod) {
    return pattern.equals("*")
        || pattern.equals(pod.namespace() + "/*")
        || pattern.equals(pod.namespace() + "/" + pod.name());
  }
}
