package io.merlon.agent.watch;

/**
 * Where an object stands.
 *
 * @param text the file and what it said when the object was read
 * @param document which of the file's documents that could be parsed
 * @param within the path of the object in its document: "" or {@code items[3]} of a List
 * @param prefix what goes before the object's own field paths, for a pod made from a template
 * @param line the object's first line
 */
record Origin(ManifestText text, int document, String within, String prefix, int line) {
  Origin withPrefix(String templatePath) {
    return new Origin(text, document, within, templatePath, line);
  }
}
