package io.merlon.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.libbpf_print_fn_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * What libbpf says during one call on one thread. libbpf has one print function per process; ours
 * hands each line to the capture open on the calling thread and drops it where there is none, so
 * that nothing reaches standard error.
 */
final class LibbpfLog implements AutoCloseable {
  private static final int WARN = 0;
  private static final int INFO = 1;

  /** What libbpf says of a failure that it does not give up at. */
  private static final String SECOND_TRY = "Retrying without BTF";

  private static final ThreadLocal<@Nullable LibbpfLog> CURRENT = new ThreadLocal<>();

  private final StringBuilder text = new StringBuilder();

  /** libbpf names the cause first and its consequences after it. */
  private String cause = "";

  private boolean incomplete;

  private final @Nullable LibbpfLog outer;

  private LibbpfLog(@Nullable LibbpfLog outer) {
    this.outer = outer;
  }

  /** Installed at first use, for the life of the process. */
  private static final class Printer {
    static final MethodHandle VASPRINTF =
        LibC.handle("vasprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    static final MethodHandle FREE = LibC.handle("free", FunctionDescriptor.ofVoid(ADDRESS));

    static {
      MemorySegment ignored =
          Libbpf.libbpf_set_print(libbpf_print_fn_t.allocate(LibbpfLog::print, Arena.global()));
    }

    static void install() {}
  }

  /** Makes libbpf quiet; at every call but the first, nothing. */
  static void install() {
    Printer.install();
  }

  static LibbpfLog capture() {
    Library.require();
    LibbpfLog log = new LibbpfLog(CURRENT.get());
    CURRENT.set(log);
    return log;
  }

  /** An upcall: it must not throw, whatever happens. */
  private static int print(int level, MemorySegment format, MemorySegment arguments) {
    LibbpfLog log = CURRENT.get();
    if (log == null || level > INFO) {
      return 0;
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment result = scratch.allocate(ADDRESS);
      int length = (int) Printer.VASPRINTF.invokeExact(result, format, arguments);
      if (length >= 0) {
        MemorySegment line = result.get(ADDRESS, 0).reinterpret(length + 1L);
        log.add(level, line.getString(0));
        Printer.FREE.invokeExact(line);
      }
    } catch (Throwable lost) {
      log.incomplete = true;
    }
    return 0;
  }

  private void add(int level, String line) {
    text.append(line);
    if (level == WARN && cause.isEmpty() && !line.contains(SECOND_TRY)) {
      String prefix = "libbpf: ";
      cause = (line.startsWith(prefix) ? line.substring(prefix.length()) : line).strip();
    }
  }

  String text() {
    return incomplete ? text + "(a line of libbpf's log was lost)\n" : text.toString();
  }

  /** The failure of a call made during this capture. */
  BpfException failure(String call, int code, String subject) {
    VerifierLog verifier = VerifierLog.find(text());
    return verifier == null
        ? new BpfException(call, code, subject, cause, text())
        : new VerifierException(code, verifier.program(), verifier.reason(), text());
  }

  @Override
  public void close() {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
