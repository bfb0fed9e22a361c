package io.merlon.agent;

/** For whom something is printed: people or programs. */
enum OutputFormat {
  TEXT,
  JSON
}
