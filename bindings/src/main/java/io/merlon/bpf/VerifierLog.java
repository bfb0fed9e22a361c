package io.merlon.bpf;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of libbpf's log in which the verifier speaks, cut down to its last word. Where it said
 * nothing it did not refuse: the kernel had no memory, no descriptor or no permission to ask it.
 */
record VerifierLog(String program, String reason) {
  private static final Pattern BEGIN =
      Pattern.compile("prog '([^']*)': -- BEGIN (?:PROG LOAD|DUMP) LOG --");
  private static final String END = "-- END ";

  /** The bookkeeping the verifier adds after its verdict. */
  private static final Pattern STATISTICS =
      Pattern.compile(
          "(processed \\d+ insns|verification time|stack depth|peak_states|mark_read).*");

  /** The registers it prints after some verdicts, such as that of an endless loop. */
  private static final Pattern STATE = Pattern.compile("(cur|old) state:.*");

  static @Nullable VerifierLog find(String log) {
    List<String> lines = log.lines().toList();
    String program = null;
    String reason = "";
    for (String line : lines) {
      Matcher begin = BEGIN.matcher(line);
      if (begin.find()) {
        program = begin.group(1);
        reason = "";
      } else if (program != null && line.contains(END)) {
        break;
      } else if (program != null && !line.isBlank() && !afterthought(line)) {
        reason = line.strip();
      }
    }
    return program == null || reason.isEmpty() ? null : new VerifierLog(program, reason);
  }

  private static boolean afterthought(String line) {
    return STATISTICS.matcher(line).matches() || STATE.matcher(line).matches();
  }
}
