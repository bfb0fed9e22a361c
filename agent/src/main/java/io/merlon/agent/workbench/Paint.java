package io.merlon.agent.workbench;

/** Colours, on a terminal only. */
record Paint(boolean coloured) {
  private static final String ESCAPE = "\u001b[";

  /** Colours if standard output is a terminal and NO_COLOR is not set (https://no-color.org). */
  @SuppressWarnings("SystemConsoleNull") // its documentation still says that it may be null
  static Paint ofTerminal() {
    String no = System.getenv("NO_COLOR");
    var console = System.console();
    return new Paint(console != null && console.isTerminal() && (no == null || no.isEmpty()));
  }

  String good(String text) {
    return painted("32", text);
  }

  String bad(String text) {
    return painted("31", text);
  }

  String bold(String text) {
    return painted("1", text);
  }

  private String painted(String code, String text) {
    return coloured ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
  }
}
