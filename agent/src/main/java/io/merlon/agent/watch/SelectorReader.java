package io.merlon.agent.watch;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import io.merlon.agent.watch.Written.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads label selectors; an absent one is null, {@code {}} selects everything. */
final class SelectorReader {
  private SelectorReader() {}

  static @Nullable LabelSelector read(Reading in, Written value) {
    if (value.shape() == Shape.NULL) {
      return null;
    }
    var draft = new Draft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "matchLabels" -> draft.labels = in.strings(field);
            case "matchExpressions" ->
                draft.expressions = in.listOrEmpty(field, item -> requirement(in, item));
            default -> {
              draft.unknown = name;
              in.unknown(field);
            }
          }
        });
    var selector = new LabelSelector(draft.labels, draft.expressions);
    return in.sharing()
        .value(draft.unknown == null ? selector : Unreadable.selector(selector, draft.unknown));
  }

  private static Requirement requirement(Reading in, Written value) {
    var draft = new RequirementDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "key" -> draft.key = in.stringOrEmpty(field);
            case "operator" -> draft.operator = in.stringOrEmpty(field);
            case "values" -> draft.values = in.listOrEmpty(field, in::stringOrEmpty);
            default -> {
              draft.unknown = name;
              in.unknown(field);
            }
          }
        });
    return new Requirement(
        draft.unknown == null ? draft.key : Unreadable.because(draft.unknown),
        draft.operator,
        draft.values);
  }

  private static final class Draft {
    Map<String, String> labels = Map.of();
    List<Requirement> expressions = List.of();
    @Nullable String unknown;
  }

  private static final class RequirementDraft {
    String key = "";
    String operator = "";
    List<String> values = List.of();
    @Nullable String unknown;
  }
}
