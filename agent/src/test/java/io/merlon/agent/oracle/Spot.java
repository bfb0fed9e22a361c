package io.merlon.agent.oracle;

import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import java.util.Set;
import java.util.TreeSet;

/**
 * A pod of the grid as the Cyclonus cases speak of it.
 *
 * @param namespace the name of its namespace
 * @param ns that namespace's label {@code ns}
 * @param pod its own label {@code pod}
 * @param marks the other label keys of both that some case puts there
 */
record Spot(String namespace, String ns, String pod, Set<String> marks) {
  static Spot of(Namespace namespace, Pod pod) {
    Set<String> marks = new TreeSet<>(namespace.labels().keySet());
    marks.addAll(pod.labels().keySet());
    return new Spot(
        namespace.name(),
        namespace.labels().getOrDefault("ns", ""),
        pod.labels().getOrDefault("pod", ""),
        marks);
  }
}
