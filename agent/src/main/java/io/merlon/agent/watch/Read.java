package io.merlon.agent.watch;

/** An object as read, with the metadata that is no part of its value. */
record Read<T>(ObjectMeta meta, T object) {}
