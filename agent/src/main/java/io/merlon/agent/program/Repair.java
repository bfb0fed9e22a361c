package io.merlon.agent.program;

/** Something of ours that was gone or changed behind our back, and is as it was again. */
public record Repair(Kind kind, String what) {
  /** What is counted. */
  public enum Kind {
    /** A program no longer at its interface. */
    HOOK,
    /** A name in the BPF file system. */
    PIN,
    /** The BPF file system itself. */
    FILE_SYSTEM,
    /** An entry of a map. */
    ENTRY
  }
}
