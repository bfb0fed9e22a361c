package io.merlon.agent.api;

/** A port that may be given by number or by name. */
public sealed interface IntOrString {
  /** A number, in or out of the range of ports. */
  record Int(int value) implements IntOrString {}

  /** A name, declared by some pod or by none. */
  record Str(String value) implements IntOrString {}

  static IntOrString of(int value) {
    return new Int(value);
  }

  static IntOrString of(String value) {
    return new Str(value);
  }
}
