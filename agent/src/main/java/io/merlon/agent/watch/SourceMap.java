package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.ManifestText.Document;
import io.merlon.agent.watch.Written.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says for every object of a folder, and every field of it, in which line of which file it stands.
 *
 * <p>Only the texts are kept; a question parses the one file it is about. So a folder of thousands
 * of files costs no more than it has characters. Objects that nobody wrote (a derived
 * EndpointSlice, a synthesised Namespace) have no place.
 */
public final class SourceMap {
  private static final Pattern STEP = Pattern.compile("\\[([^]]*)]|[^.\\[\\]]+");
  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");

  /** Of objects that nobody wrote into a file. */
  public static final SourceMap NOWHERE = new SourceMap(Map.of());

  private final Map<ClusterEvent.Key, Origin> origins;

  SourceMap(Map<ClusterEvent.Key, Origin> origins) {
    this.origins = Map.copyOf(origins);
  }

  /** A line of a file. */
  public record Place(Path file, int line) {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /** Where an object begins. */
  public Optional<Place> place(ClusterEvent.Key object) {
    return Optional.ofNullable(origins.get(object))
        .map(origin -> new Place(origin.text().file(), origin.line()));
  }

  /**
   * Where a field stands, by its path as in {@code spec.ingress[0].ports[1].port}; where the path
   * leads to nothing, the nearest value around it.
   */
  public Optional<Place> place(ClusterEvent.Key object, String fieldPath) {
    return Optional.ofNullable(origins.get(object))
        .map(origin -> new Place(origin.text().file(), line(origin, fieldPath)));
  }

  private static int line(Origin origin, String fieldPath) {
    List<YamlWritten> documents =
        origin.text().documents().stream()
            .filter(Document.Parsed.class::isInstance)
            .map(document -> ((Document.Parsed) document).root())
            .toList();
    Written value = documents.get(origin.document());
    int line = origin.line();
    for (String step : steps(origin.within(), origin.prefix(), fieldPath)) {
      Optional<Written> next = step(value, step);
      if (next.isEmpty()) {
        return line;
      }
      value = next.get();
      line = value.line();
    }
    return line;
  }

  private static List<String> steps(String... paths) {
    var steps = new ArrayList<String>();
    for (String path : paths) {
      Matcher matcher = STEP.matcher(path);
      while (matcher.find()) {
        steps.add(matcher.group(1) == null ? matcher.group() : matcher.group(1));
      }
    }
    return steps;
  }

  private static Optional<Written> step(Written value, String step) {
    var found = new ArrayList<Written>();
    if (value.shape() == Shape.LIST && INDEX.matcher(step).matches()) {
      value.items(found::add);
      return found.stream().skip(Integer.parseInt(step)).findFirst();
    }
    if (value.shape() == Shape.OBJECT) {
      value.fields((name, field) -> {
        if (name.equals(step)) {
          found.add(field);
        }
      });
    }
    return found.stream().findFirst();
  }
}
