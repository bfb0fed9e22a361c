package io.merlon.agent.lab;

/** The lab could not be built or asked: what was tried, and what came of it. */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }
}
