package io.merlon.agent.program;

/** What was there when the datapath was opened. */
public sealed interface Adoption {
  /** Nothing of ours. */
  record Fresh() implements Adoption {}

  /**
   * An earlier process's state, which goes on being enforced and is now ours.
   *
   * @param programsReplaced interfaces whose programs were others and were replaced in place
   */
  record Adopted(int interfaces, int programsReplaced) implements Adoption {}

  /**
   * Something that cannot be read or is of other sizes. It goes on being enforced until {@link
   * Datapath#takeOver}, while new maps are filled beside it.
   */
  record Beside(String reason) implements Adoption {}
}
