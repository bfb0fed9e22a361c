package io.merlon.agent.flows;

import java.util.List;

/** Takes flows, on the thread that names them. */
public interface FlowSink extends AutoCloseable {
  /** Takes some; whatever it cannot take it counts. */
  void accept(List<Flow> flows);

  /** Is called now and then while there is nothing to take, on the same thread. */
  default void idle() {}

  /** Flows it could not take. */
  long lost();

  @Override
  void close();
}
