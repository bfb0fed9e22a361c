package io.merlon.agent.compile;

import org.jspecify.annotations.Nullable;

/** Something that is in a peer class. */
abstract class ClassMember {
  /** Null until its class was first found. */
  @Nullable ClassState peerClass;
}
