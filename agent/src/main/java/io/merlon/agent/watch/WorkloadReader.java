package io.merlon.agent.watch;

import java.util.Set;

/** Reads the kinds whose controllers make pods. */
final class WorkloadReader {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind", "status");

  private final Reading in;
  private final PodReader pods;

  WorkloadReader(Reading in) {
    this.in = in;
    this.pods = new PodReader(in);
  }

  WorkloadDraft read(Written object) {
    var draft = new WorkloadDraft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "spec" -> {
              spec(draft, field);
              in.require(field, "template", draft.template);
            }
            default -> in.other(field, name, UNREAD);
          }
        });
    return draft;
  }

  private void spec(WorkloadDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "replicas", "parallelism" -> draft.replicas = in.integer(field);
            case "ordinals" -> ordinals(draft, field);
            case "template" -> draft.template = pods.read(field);
            case "jobTemplate" -> jobTemplate(draft, field);
            default -> in.other(field, name, KnownFields.WORKLOAD_SPEC);
          }
        });
  }

  private void ordinals(WorkloadDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          Integer start = name.equals("start") ? in.integer(field) : null;
          if (start != null) {
            draft.firstOrdinal = start;
          }
        });
  }

  private void jobTemplate(WorkloadDraft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          if (name.equals("spec")) {
            spec(draft, field);
          }
        });
  }
}
