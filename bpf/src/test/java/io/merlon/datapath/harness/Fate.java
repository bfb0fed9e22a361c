package io.merlon.datapath.harness;

/** What becomes of a packet at a hook. */
public enum Fate {
  DROPPED,
  PASSED,
  /** Passed, and marked for the judge of the backend it will get. */
  MARKED
}
