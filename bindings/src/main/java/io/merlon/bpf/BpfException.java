package io.merlon.bpf;

/** A call into the kernel or libbpf that failed: which call, with which error, on what. */
public class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BpfException(String message) {
    super(message);
  }
}
