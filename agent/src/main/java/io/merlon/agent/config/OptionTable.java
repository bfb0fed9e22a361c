package io.merlon.agent.config;

import java.util.List;

/** The options as a table of Markdown, for the documentation. */
public final class OptionTable {
  private OptionTable() {}

  public static String of(List<Option<?>> options) {
    StringBuilder table =
        new StringBuilder("| option | values | default | what it does |\n|---|---|---|---|\n");
    for (Option<?> option : options) {
      table
          .append("| `--")
          .append(option.name())
          .append("` | ")
          .append(code(option.values()))
          .append(" | ")
          .append(option.byDefault().isEmpty() ? "" : code(option.byDefault()))
          .append(" | ")
          .append(option.description())
          .append(" |\n");
    }
    return table.toString();
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }
}
