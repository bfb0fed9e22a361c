package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;

/** The version of the libbpf in use. */
public record LibbpfVersion(int major, int minor) {
  /** Asks the loaded library. */
  public static LibbpfVersion loaded() {
    Library.require();
    return new LibbpfVersion(Libbpf.libbpf_major_version(), Libbpf.libbpf_minor_version());
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
