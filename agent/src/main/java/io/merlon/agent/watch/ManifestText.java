package io.merlon.agent.watch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * The text of a manifest file. It is cut at its {@code ---} lines before it is parsed: such a line
 * always ends a document, whatever stands before it, so one broken document costs only itself.
 */
record ManifestText(Path file, String text) {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new FailsafeSchema())
          .setAllowDuplicateKeys(true)
          .setCodePointLimit(Integer.MAX_VALUE)
          .build();

  /** What one document is: a value, or the reason why there is none. */
  sealed interface Document {
    record Parsed(YamlWritten root) implements Document {}

    record Broken(int line, String reason) implements Document {}
  }

  List<Document> documents() {
    var documents = new ArrayList<Document>();
    int start = 0;
    int line = 0;
    int linesBefore = 0;
    for (int at = 0; at < text.length(); at = nextLine(at), line++) {
      if (at > start && separatesAt(at)) {
        parse(text.substring(start, at), linesBefore, documents);
        start = at;
        linesBefore = line;
      }
    }
    parse(text.substring(start), linesBefore, documents);
    return documents;
  }

  private int nextLine(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end + 1;
  }

  private boolean separatesAt(int at) {
    return text.startsWith("---", at)
        && (at + 3 == text.length() || Character.isWhitespace(text.charAt(at + 3)));
  }

  private void parse(String part, int linesBefore, List<Document> documents) {
    if (isBlank(part)) {
      return;
    }
    try {
      if (isJson()) {
        documents.add(new Document.Parsed(YamlWritten.root(JsonNodes.read(part), linesBefore)));
      } else {
        var parser = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, part));
        for (var composer = new Composer(SETTINGS, parser); composer.hasNext(); ) {
          documents.add(new Document.Parsed(YamlWritten.root(composer.next(), linesBefore)));
        }
      }
    } catch (MarkedYamlEngineException e) {
      documents.add(new Document.Broken(linesBefore + line(e), e.getProblem()));
    } catch (YamlEngineException e) {
      documents.add(new Document.Broken(linesBefore + 1, String.valueOf(e.getMessage())));
    } catch (JsonNodes.BrokenJsonException e) {
      documents.add(new Document.Broken(linesBefore + e.line(), e.reason()));
    } catch (StackOverflowError e) {
      documents.add(new Document.Broken(linesBefore + 1, "nested too deeply"));
    }
  }

  private boolean isJson() {
    return file.toString().endsWith(".json");
  }

  /** Whether a part holds nothing but its separator, directives and comments. */
  private static boolean isBlank(String part) {
    return part.lines()
        .map(String::strip)
        .allMatch(line ->
            line.isEmpty() || line.equals("---") || line.startsWith("#") || line.startsWith("%"));
  }

  private static int line(MarkedYamlEngineException e) {
    Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
    return mark.map(Mark::getLine).orElse(0) + 1;
  }
}
