package io.merlon.bpf;

/** Whether a feature is there. Unknown when the probe itself was refused, as without privileges. */
public enum Support {
  SUPPORTED,
  UNSUPPORTED,
  UNKNOWN
}
