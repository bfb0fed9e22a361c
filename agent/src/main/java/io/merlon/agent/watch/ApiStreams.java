package io.merlon.agent.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Reads what the API server streams: lists, and the events of a watch. */
final class ApiStreams {
  private static final JsonFactory JSON = JsonNodes.factory();

  private ApiStreams() {}

  /** What a page says besides its items. */
  record Page(String resourceVersion, String more) {}

  /** What a watch tells. */
  interface WatchEvents {
    void changed(Written object);

    void deleted(Written object);

    /** Nothing changed up to a version. */
    void bookmark(String resourceVersion);

    /** The watch has failed and ends. */
    void error(int code, String reason);
  }

  /**
   * Reads a page of a list.
   *
   * @throws IOException if it breaks off, or is no list: an answer that merely lacks its items must
   *     never pass for an empty list
   */
  static Page list(InputStream body, Consumer<Written> item) throws IOException {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer is no object");
      }
      var page = new PageDraft();
      new JsonWritten(parser)
          .fields((name, value) -> {
            switch (name) {
              case "metadata" -> value.fields(page::meta);
              case "items" -> page.items(value, item);
              default -> {}
            }
          });
      if (parser.nextToken() != null) {
        throw new IOException("the answer goes on after its end");
      }
      if (!page.hasItems || page.resourceVersion.isEmpty()) {
        throw new IOException("the answer is no list");
      }
      return new Page(page.resourceVersion, page.more);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Reads the names of the resources in a discovery document of an API group. */
  static void resources(InputStream body, Consumer<String> resource) throws IOException {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer is no object");
      }
      new JsonWritten(parser)
          .fields((name, value) -> {
            if (name.equals("resources") && value.shape() == Written.Shape.LIST) {
              value.items(item -> item.fields((field, text) -> name(field, text, resource)));
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void name(String field, Written value, Consumer<String> resource) {
    if (field.equals("name") && value.shape() == Written.Shape.STRING) {
      resource.accept(value.text());
    }
  }

  /** Reads the events of a watch until it ends. */
  static void watch(InputStream body, WatchEvents events) throws IOException {
    try (JsonParser parser = JSON.createParser(body)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.START_OBJECT) {
          throw new IOException("an event that is no object");
        }
        event(parser, events);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** An event's type comes before its object; a server that writes it after is understood too. */
  private static void event(JsonParser parser, WatchEvents events) throws IOException {
    String type = "";
    String early = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("type")) {
        type = parser.getText();
      } else if (name.equals("object") && token == JsonToken.START_OBJECT) {
        if (type.isEmpty()) {
          early = copy(parser);
        } else {
          dispatch(type, new JsonWritten(parser), events);
        }
      }
      parser.skipChildren();
    }
    if (early != null) {
      try (JsonParser again = JSON.createParser(early)) {
        again.nextToken();
        dispatch(type, new JsonWritten(again), events);
      }
    }
  }

  /** The text of the value a parser stands at, which it passes. */
  static String copy(JsonParser parser) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(text)) {
      generator.copyCurrentStructure(parser);
    }
    return text.toString();
  }

  private static void dispatch(String type, Written object, WatchEvents events) throws IOException {
    switch (type) {
      case "ADDED", "MODIFIED" -> events.changed(object);
      case "DELETED" -> events.deleted(object);
      case "BOOKMARK" -> {
        var page = new PageDraft();
        object.fields((name, value) -> {
          if (name.equals("metadata")) {
            value.fields(page::meta);
          }
        });
        events.bookmark(page.resourceVersion);
      }
      case "ERROR" -> {
        var status = new StatusDraft();
        object.fields(status::field);
        events.error(status.code, status.reason + " " + status.message);
      }
      default -> throw new IOException("an event of unknown type " + type);
    }
  }

  private static final class PageDraft {
    String resourceVersion = "";
    String more = "";
    boolean hasItems;

    void meta(String name, Written value) {
      if (value.shape() == Written.Shape.STRING) {
        switch (name) {
          case "resourceVersion" -> resourceVersion = value.text();
          case "continue" -> more = value.text();
          default -> {}
        }
      }
    }

    /** An empty list of some servers is null. */
    void items(Written value, Consumer<Written> item) {
      hasItems = value.shape() == Written.Shape.LIST || value.shape() == Written.Shape.NULL;
      if (value.shape() == Written.Shape.LIST) {
        value.items(item);
      }
    }
  }

  private static final class StatusDraft {
    int code;
    String reason = "";
    String message = "";

    void field(String name, Written value) {
      switch (name) {
        case "code" -> {
          Integer number = value.integer();
          code = number == null ? 0 : number;
        }
        case "reason" -> reason = text(value);
        case "message" -> message = text(value);
        default -> {}
      }
    }

    private static String text(Written value) {
      return value.shape() == Written.Shape.STRING ? value.text() : "";
    }
  }
}
