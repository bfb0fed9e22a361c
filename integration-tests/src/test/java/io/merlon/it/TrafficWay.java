package io.merlon.it;

/** What is at the pods' interfaces. */
enum TrafficWay {
  NONE,
  EMPTY_TCX,
  TCX,
  CLSACT
}
