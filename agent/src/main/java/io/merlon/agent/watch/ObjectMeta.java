package io.merlon.agent.watch;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.api.Pod;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of {@code metadata} that matters here. */
final class ObjectMeta {
  static final String DEFAULT_NAMESPACE = "default";

  /** Annotations of which is told who set them, and where. */
  private static final Map<String, String> SETTERS =
      Map.of(
          Annotations.MODE, Annotations.MODE_SET_BY,
          Annotations.BREAK_GLASS, Annotations.BREAK_GLASS_SET_BY);

  private static final Set<String> UNREAD =
      Set.of(
          "generateName",
          "selfLink",
          "generation",
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "finalizers",
          "clusterName");
  private static final Set<String> UNREAD_OF_OWNER =
      Set.of("apiVersion", "uid", "blockOwnerDeletion");

  String namespace = DEFAULT_NAMESPACE;
  String name = "";
  String uid = "";
  String resourceVersion = "";
  Map<String, String> labels = Map.of();
  Map<String, String> annotations = Map.of();
  Pod.@Nullable Owner owner;
  boolean terminating;

  static ObjectMeta read(Reading in, Written value) {
    var meta = new ObjectMeta();
    in.fields(value, (name, field) -> meta.field(in, name, field));
    return meta;
  }

  private void field(Reading in, String field, Written value) {
    switch (field) {
      case "namespace" -> {
        String given = in.shared(value);
        namespace = given == null || given.isEmpty() ? DEFAULT_NAMESPACE : given;
      }
      case "name" -> name = orEmpty(in.string(value));
      case "uid" -> uid = orEmpty(in.string(value));
      case "resourceVersion" -> resourceVersion = orEmpty(in.string(value));
      case "labels" -> labels = in.strings(value);
      case "annotations" ->
          annotations = in.sharing().map(in.strings(value, ObjectMeta::isAnnotationOfInterest));
      case "managedFields" -> setter(value);
      case "ownerReferences" -> in.listOrEmpty(value, item -> owner(in, item));
      case "deletionTimestamp" -> terminating = in.string(value) != null;
      default -> in.other(value, field, UNREAD);
    }
  }

  /** They come after the annotations, as the API server writes its objects. */
  private void setter(Written managedFields) {
    Set<String> present = new HashSet<>(SETTERS.keySet());
    present.retainAll(annotations.keySet());
    if (!present.isEmpty()) {
      Map<String, String> told = new HashMap<>(annotations);
      ManagedFields.whoSet(present, managedFields)
          .forEach((annotation, setter) -> told.put(setBy(annotation), setter));
      annotations = told;
    }
  }

  private static String setBy(String annotation) {
    return Objects.requireNonNull(SETTERS.get(annotation));
  }

  /** Annotations can be of any size; only those that some room of the agent reads are kept. */
  private static boolean isAnnotationOfInterest(String key) {
    int slash = key.indexOf('/');
    if (SETTERS.containsValue(key)) {
      return false; // ours to say, and nobody's to claim
    }
    String domain = slash < 0 ? "" : key.substring(0, slash);
    return domain.equals("merlon.io")
        || domain.endsWith(".merlon.io")
        || domain.equals("eks.amazonaws.com")
        || domain.equals("vpc.amazonaws.com");
  }

  private boolean owner(Reading in, Written value) {
    var reference = new Reference();
    in.fields(
        value,
        (field, written) -> {
          switch (field) {
            case "kind" -> reference.kind = in.stringOrEmpty(written);
            case "name" -> reference.name = in.stringOrEmpty(written);
            case "controller" -> reference.controller = in.truth(written);
            default -> in.other(written, field, UNREAD_OF_OWNER);
          }
        });
    if (reference.controller) {
      owner = in.sharing().value(new Pod.Owner(reference.kind, reference.name));
    }
    return reference.controller;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static final class Reference {
    String kind = "";
    String name = "";
    boolean controller;
  }
}
