package io.merlon.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.observe.Series;
import io.merlon.datapath.Mode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the decisions are called that the kernel knows by numbers. */
public final class DecisionNames {
  static final String PATH = "/v1/decisions";

  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, String> names;

  private DecisionNames(Map<String, String> names) {
    this.names = Map.copyOf(names);
  }

  /** As the first agent says that answers; without any, every decision is called by its number. */
  public static DecisionNames askedOf(List<AgentAddress> agents) {
    for (AgentAddress agent : agents) {
      try {
        return new DecisionNames(read(StatusClient.get(agent, PATH)));
      } catch (IOException e) {
        // The next one may answer.
      }
    }
    return new DecisionNames(Map.of());
  }

  /** JSON is YAML. */
  private static Map<String, String> read(String json) {
    Map<String, String> names = new HashMap<>();
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(json);
    if (loaded instanceof Map<?, ?> map) {
      map.forEach((number, name) -> names.put(String.valueOf(number), String.valueOf(name)));
    }
    return names;
  }

  static String json(CompiledPolicy policy) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Decision decision : policy.decisions().values()) {
        json.writeStringField(number(decision.cookie()), text(decision));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** In some words. */
  static String text(Decision decision) {
    Series series = Series.of(WorkloadRef.NONE, decision, Mode.ENFORCE);
    return String.join(" ", series.reason(), series.policy(), series.rule()).strip();
  }

  private static String number(long cookie) {
    return "#" + Long.toHexString(cookie);
  }

  public String name(long cookie) {
    return names.getOrDefault(number(cookie), number(cookie));
  }
}
