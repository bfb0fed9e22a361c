package io.merlon.agent.explain;

/** Somebody asked about something that is not there. */
public final class UnknownEndException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownEndException(String message) {
    super(message);
  }
}
