package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads a JSON file into the same nodes as YAML. Not with the YAML parser, because JSON may be
 * indented with tabs and YAML may not.
 */
final class JsonNodes {
  /** More than any object has that an API server keeps. */
  private static final int LONGEST = 64 << 20;

  private static final JsonFactory JSON = factory();

  private JsonNodes() {}

  /**
   * What reads the API's JSON. Names may be as long as texts: managed fields hold keys of objects,
   * which their writers choose, and whoever writes a long one is not to end a whole list. Nor are
   * they interned, since with addresses and identifiers among them they would pile up in the
   * virtual machine's own table.
   */
  static JsonFactory factory() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNameLength(LONGEST)
                .maxStringLength(LONGEST)
                .maxNumberLength(LONGEST)
                .build())
        .build();
  }

  static Node read(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      Node node = value(parser);
      if (parser.nextToken() != null) {
        throw new BrokenJsonException(
            parser.currentTokenLocation().getLineNr(), "more than one value in a file of json");
      }
      return node;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new BrokenJsonException(line, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Node value(JsonParser parser) throws IOException {
    Optional<Mark> mark = mark(parser);
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null ->
          throw new BrokenJsonException(
              parser.currentLocation().getLineNr(), "the file ends early");
      case START_OBJECT -> object(parser, mark);
      case START_ARRAY -> list(parser, mark);
      case VALUE_STRING ->
          new ScalarNode(
              Tag.STR, true, parser.getText(), ScalarStyle.DOUBLE_QUOTED, mark, Optional.empty());
      default ->
          new ScalarNode(
              Tag.STR, true, parser.getText(), ScalarStyle.PLAIN, mark, Optional.empty());
    };
  }

  private static Node object(JsonParser parser, Optional<Mark> mark) throws IOException {
    List<NodeTuple> fields = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var key =
          new ScalarNode(
              Tag.STR,
              true,
              parser.currentName(),
              ScalarStyle.DOUBLE_QUOTED,
              mark(parser),
              Optional.empty());
      parser.nextToken();
      fields.add(new NodeTuple(key, value(parser)));
    }
    return new MappingNode(Tag.MAP, true, fields, FlowStyle.FLOW, mark, Optional.empty());
  }

  private static Node list(JsonParser parser, Optional<Mark> mark) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return new SequenceNode(Tag.SEQ, true, items, FlowStyle.FLOW, mark, Optional.empty());
  }

  private static Optional<Mark> mark(JsonParser parser) {
    var at = parser.currentTokenLocation();
    return Optional.of(new Mark("", 0, at.getLineNr() - 1, at.getColumnNr() - 1, new int[0], 0));
  }

  /** The text is not JSON, or not all of it. */
  static final class BrokenJsonException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final String reason;

    BrokenJsonException(int line, String reason) {
      super(reason);
      this.line = line;
      this.reason = reason;
    }

    int line() {
      return line;
    }

    String reason() {
      return reason;
    }
  }
}
