package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads the same text through both sources: JSON is YAML, so one text serves both. */
enum WrittenTexts {
  OFF_THE_WIRE {
    @Override
    <T> T read(String json, Function<Written, T> reader) {
      try (JsonParser parser = new JsonFactory().createParser(json)) {
        parser.nextToken();
        return reader.apply(new JsonWritten(parser));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },
  IN_A_FOLDER {
    @Override
    <T> T read(String json, Function<Written, T> reader) {
      var text = new ManifestText(Path.of("test.yaml"), json);
      var document = (ManifestText.Document.Parsed) text.documents().getFirst();
      return reader.apply(document.root());
    }
  };

  abstract <T> T read(String json, Function<Written, T> reader);

  /** Single quotes make JSON readable in Java; no test text needs a quote of its own. */
  <T> T readQuoted(String text, Function<Written, T> reader) {
    return read(text.replace('\'', '"'), reader);
  }

  /** Keeps what readers find, as text. */
  static final class Heard implements Findings {
    final List<String> findings = new ArrayList<>();

    @Override
    public void wrongType(Written value, String expected) {
      findings.add(value.path() + ": expected " + expected);
    }

    @Override
    public void missing(Written object, String field) {
      findings.add(object.path() + ": missing " + field);
    }

    @Override
    public void unknownField(Written value) {
      findings.add(value.path() + ": unknown");
    }

    @Override
    public void odd(Written value, String reason) {
      findings.add(value.path() + ": " + reason);
    }
  }
}
