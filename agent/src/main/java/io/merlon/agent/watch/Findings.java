package io.merlon.agent.watch;

/** What a reader finds wrong with an object while reading it. */
interface Findings {
  /** Says nothing: for objects an API server has already judged. */
  Findings NONE =
      new Findings() {
        @Override
        public void wrongType(Written value, String expected) {}

        @Override
        public void missing(Written object, String field) {}

        @Override
        public void unknownField(Written value) {}

        @Override
        public void odd(Written value, String reason) {}
      };

  /** A value has a type the API server would refuse; the object cannot be used. */
  void wrongType(Written value, String expected);

  /** An object lacks a field the API server demands; it cannot be used. */
  void missing(Written object, String field);

  /** A field is not part of the API and is ignored. */
  void unknownField(Written value);

  /** A value was read, but perhaps not as it was meant. */
  void odd(Written value, String reason);
}
