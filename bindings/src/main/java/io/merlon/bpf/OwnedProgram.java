package io.merlon.bpf;

/** A program whose file descriptor the holder closes. */
public final class OwnedProgram extends BpfProgram implements AutoCloseable {
  private OwnedProgram(Fd fd) {
    super(fd);
  }

  static OwnedProgram of(Fd fd) {
    try {
      return new OwnedProgram(fd);
    } catch (RuntimeException unfit) {
      fd.close();
      throw unfit;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
