package io.merlon.bpf;

/** The kernel's verifier refused a program; the message carries its verdict, the log all of it. */
public final class VerifierException extends BpfException {
  private static final long serialVersionUID = 1L;

  private final String program;
  private final String reason;

  VerifierException(int code, String program, String reason, String log) {
    super("bpf_object__load", code, "program " + program, reason, log);
    this.program = program;
    this.reason = reason;
  }

  /** The program that was refused. */
  public String program() {
    return program;
  }

  /** The verifier's last word. */
  public String reason() {
    return reason;
  }
}
