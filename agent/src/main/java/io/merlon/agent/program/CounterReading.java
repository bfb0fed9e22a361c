package io.merlon.agent.program;

/** What one counter of a subject has counted since this process began to read it. */
public record CounterReading(int subject, SlotMeaning meaning, long packets, long bytes) {}
