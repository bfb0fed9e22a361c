package io.merlon.agent.watch;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An answer of the API server that is not what was asked for. */
final class ApiException extends IOException {
  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int CONFLICT = 409;
  static final int GONE = 410;
  static final int TOO_MANY = 429;

  private static final long serialVersionUID = 1;

  private final int code;
  private final @Nullable Duration retryAfter;

  ApiException(String request, int code, String reason, @Nullable Duration retryAfter) {
    super(request + ": " + code + (reason.isEmpty() ? "" : " " + reason));
    this.code = code;
    this.retryAfter = retryAfter;
  }

  int code() {
    return code;
  }

  /** How long the server asks to be left alone; null if it does not say. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
