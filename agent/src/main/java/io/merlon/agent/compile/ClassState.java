package io.merlon.agent.compile;

/** A peer class in use, or one that was not long ago. */
final class ClassState {
  final Integer number;
  ClassKey key;

  /** How many addresses and prefixes are in it. */
  int members;

  ClassState(int number, ClassKey key) {
    this.number = number;
    this.key = key;
  }
}
