package io.merlon.agent.workbench;

import io.merlon.agent.explain.PolicyDiff;
import io.merlon.agent.explain.PolicyDiff.Change;
import java.io.PrintWriter;
import java.util.List;

/** A difference for people, plain or as Markdown. */
final class DiffText {
  private final boolean markdown;
  private final Paint paint;
  private final PrintWriter out;

  private DiffText(boolean markdown, Paint paint, PrintWriter out) {
    this.markdown = markdown;
    this.paint = paint;
    this.out = out;
  }

  static void print(PolicyDiff diff, boolean markdown, Paint paint, PrintWriter out) {
    new DiffText(markdown, paint, out).print(diff);
  }

  private void print(PolicyDiff diff) {
    if (diff.changes().isEmpty()) {
      out.println("Nothing opens and nothing closes.");
    }
    print("Opens", diff.changes().stream().filter(Change::opens).toList());
    print("Closes", diff.changes().stream().filter(change -> !change.opens()).toList());
    list("Only after", diff.added());
    list("Only before", diff.removed());
  }

  private void print(String title, List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    if (markdown) {
      out.println("### " + title + "\n\n| from | to | ports |\n|---|---|---|");
      changes.forEach(change ->
          out.println("| " + change.from() + " | " + change.to() + " | " + change.ports() + " |"));
      out.println();
      return;
    }
    out.println(paint.bold(title) + ":");
    for (Change change : changes) {
      String line = "  " + change.from() + " -> " + change.to() + ": " + change.ports();
      out.println(change.opens() ? paint.bad(line) : paint.good(line));
    }
  }

  private void list(String title, List<String> names) {
    if (!names.isEmpty()) {
      out.println(
          (markdown ? "**" + title + "**" : paint.bold(title)) + ": " + String.join(", ", names));
    }
  }
}
