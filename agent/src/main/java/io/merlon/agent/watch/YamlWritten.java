package io.merlon.agent.watch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A node of a YAML document, with its place; unlike one off the wire it can be read again. */
final class YamlWritten implements Written {
  private final Node node;
  private final @Nullable YamlWritten parent;
  private final String step;
  private final int linesBefore;
  private final int line;

  private YamlWritten(Node node, @Nullable YamlWritten parent, String step, int before, int line) {
    this.node = node;
    this.parent = parent;
    this.step = step;
    this.linesBefore = before;
    this.line = line;
  }

  /** The root of a document that begins after some lines of its file. */
  static YamlWritten root(Node node, int linesBefore) {
    return new YamlWritten(node, null, "", linesBefore, linesBefore + lineOf(node));
  }

  /** The same value as the root of an object of its own: an item of a List. */
  YamlWritten asRoot() {
    return new YamlWritten(node, null, "", linesBefore, line);
  }

  /** A field's line is that of its name: its value may begin further down. */
  private YamlWritten field(String name, Node key, Node value) {
    String fieldStep = Paths.isPlainName(name) ? "." + name : "[" + name + "]";
    return new YamlWritten(value, this, fieldStep, linesBefore, linesBefore + lineOf(key));
  }

  @Override
  public Shape shape() {
    return switch (node) {
      case MappingNode _ -> Shape.OBJECT;
      case SequenceNode _ -> Shape.LIST;
      case ScalarNode scalar -> YamlScalars.shape(scalar);
      default -> throw new IllegalStateException("yaml node of type " + node.getNodeType());
    };
  }

  @Override
  public void fields(BiConsumer<String, Written> visit) {
    fieldTuples((MappingNode) node)
        .forEach((name, tuple) ->
            visit.accept(name, field(name, tuple.getKeyNode(), tuple.getValueNode())));
  }

  /** A key given twice counts where it is given last; merged keys count least. */
  private static Map<String, NodeTuple> fieldTuples(MappingNode mapping) {
    var fields = new LinkedHashMap<String, NodeTuple>();
    var merged = new LinkedHashMap<String, NodeTuple>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        if (isMerge(key)) {
          merge(tuple.getValueNode(), merged);
        } else {
          fields.put(key.getValue(), tuple);
        }
      }
    }
    merged.forEach(fields::putIfAbsent);
    return fields;
  }

  private static void merge(Node value, Map<String, NodeTuple> fields) {
    if (value.isRecursive()) {
      return;
    }
    switch (value) {
      case MappingNode mapping -> fieldTuples(mapping).forEach(fields::putIfAbsent);
      case SequenceNode list -> list.getValue().forEach(item -> merge(item, fields));
      default -> {}
    }
  }

  private static boolean isMerge(ScalarNode key) {
    return key.isPlain() && key.getValue().equals("<<");
  }

  /** Visits every key that stands twice in one mapping, anywhere under this value. */
  void repeatedKeys(Consumer<Written> visit) {
    if (node.isRecursive()) {
      return;
    }
    switch (node) {
      case MappingNode mapping -> repeatedKeys(mapping, visit);
      case SequenceNode _ -> items(item -> ((YamlWritten) item).repeatedKeys(visit));
      default -> {}
    }
  }

  private void repeatedKeys(MappingNode mapping, Consumer<Written> visit) {
    var seen = new LinkedHashMap<String, Node>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key && !isMerge(key)) {
        YamlWritten value = field(key.getValue(), key, tuple.getValueNode());
        if (seen.put(key.getValue(), key) != null) {
          visit.accept(value);
        }
        value.repeatedKeys(visit);
      }
    }
  }

  @Override
  public void items(Consumer<Written> visit) {
    int index = 0;
    for (Node item : ((SequenceNode) node).getValue()) {
      visit.accept(
          new YamlWritten(
              item, this, "[" + index++ + "]", linesBefore, linesBefore + lineOf(item)));
    }
  }

  @Override
  public Written apart() {
    return this;
  }

  @Override
  public String text() {
    return ((ScalarNode) node).getValue();
  }

  @Override
  public @Nullable Integer integer() {
    return YamlScalars.integer(text());
  }

  @Override
  public boolean truth() {
    return YamlScalars.truth(text());
  }

  @Override
  public String path() {
    if (parent == null) {
      return "";
    }
    String before = parent.path();
    return before.isEmpty() && step.startsWith(".") ? step.substring(1) : before + step;
  }

  @Override
  public int line() {
    return line;
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
