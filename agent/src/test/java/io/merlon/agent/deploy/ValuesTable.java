package io.merlon.agent.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The chart's values as a table of Markdown: what the schema says of each, and its default. */
final class ValuesTable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final StringBuilder table =
      new StringBuilder("| value | default | what it does |\n|---|---|---|\n");

  private ValuesTable() {}

  static String of(Path schema, String values) throws IOException {
    Object defaults = new Load(LoadSettings.builder().build()).loadFromString(values);
    ValuesTable table = new ValuesTable();
    table.properties("", JSON.readTree(schema.toFile()), JSON.valueToTree(defaults));
    return table.table.toString();
  }

  private void properties(String prefix, JsonNode schema, JsonNode defaults) {
    for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
      String name = prefix + property.getKey();
      JsonNode byDefault = defaults.get(property.getKey());
      if (property.getValue().has("properties")) {
        properties(name + ".", property.getValue(), byDefault);
      } else if (byDefault != null) {
        row(name, byDefault, property.getValue().get("description").asText());
      }
    }
  }

  private void row(String name, JsonNode byDefault, String description) {
    table
        .append("| `")
        .append(name)
        .append("` | ")
        .append(
            byDefault.isTextual() && byDefault.asText().isEmpty()
                ? ""
                : "`" + text(byDefault) + "`")
        .append(" | ")
        .append(description)
        .append(" |\n");
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }
}
