package io.merlon.bpf;

/** A call into the kernel or libbpf that failed: which call, with which error, on what. */
public class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int code;
  private final String subject;
  private final String log;

  /** A fact that is no failed call, such as an absent library. */
  public BpfException(String message) {
    super(message);
    this.call = "";
    this.code = 0;
    this.subject = "";
    this.log = "";
  }

  public BpfException(String call, int code, String subject) {
    this(call, code, subject, "", "");
  }

  /** {@code detail} joins the message; {@code log} is kept whole beside it. */
  BpfException(String call, int code, String subject, String detail, String log) {
    super(message(call, code, subject, detail));
    this.call = call;
    this.code = code;
    this.subject = subject;
    this.log = log;
  }

  private static String message(String call, int code, String subject, String detail) {
    Errno errno = Errno.of(code);
    String name = errno == Errno.OTHER ? "errno " + code : errno.name();
    String fact = call + ": " + name + " (" + errno.text() + "): " + subject;
    return detail.isEmpty() ? fact : fact + ": " + detail;
  }

  /** The function that failed, empty when none did. */
  public String call() {
    return call;
  }

  public Errno errno() {
    return Errno.of(code);
  }

  /** The number behind {@link #errno()}, which also tells apart what Errno does not name. */
  public int code() {
    return code;
  }

  /** What it was done to. */
  public String subject() {
    return subject;
  }

  /** Everything libbpf said during the call, the verifier's log included; empty when nothing. */
  public String log() {
    return log;
  }
}
