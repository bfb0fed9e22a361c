package io.merlon.agent.watch;

/** How field paths are written: as Kubernetes does, {@code metadata.labels[a.b/c]} included. */
final class Paths {
  private Paths() {}

  static boolean isPlainName(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!Character.isLetterOrDigit(name.charAt(i))) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
