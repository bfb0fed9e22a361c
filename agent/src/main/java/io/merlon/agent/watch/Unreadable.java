package io.merlon.agent.watch;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a piece of a policy with a field that is not known here. The compiler cannot read it
 * either, closes what it belongs to and reports it with the field's name.
 */
final class Unreadable {
  private Unreadable() {}

  /** A value that is none in any place where values have a form. */
  static String because(String unknownField) {
    return "(unknown field " + unknownField + ")";
  }

  /** The selector with a requirement nobody can read. */
  static LabelSelector selector(@Nullable LabelSelector selector, String unknownField) {
    LabelSelector read = selector == null ? LabelSelector.EVERYTHING : selector;
    List<Requirement> requirements = new ArrayList<>(read.matchExpressions());
    requirements.add(new Requirement(because(unknownField), "", List.of()));
    return new LabelSelector(read.matchLabels(), requirements);
  }
}
