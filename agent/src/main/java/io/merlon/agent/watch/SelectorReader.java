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
            default -> in.unknown(field);
          }
        });
    return in.sharing().value(new LabelSelector(draft.labels, draft.expressions));
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
            default -> in.unknown(field);
          }
        });
    return new Requirement(draft.key, draft.operator, draft.values);
  }

  private static final class Draft {
    Map<String, String> labels = Map.of();
    List<Requirement> expressions = List.of();
  }

  private static final class RequirementDraft {
    String key = "";
    String operator = "";
    List<String> values = List.of();
  }
}
