package io.merlon.datapath.harness;

/** What the last step does with a denial. */
public enum Mode {
  OBSERVE,
  AUDIT,
  ENFORCE
}
