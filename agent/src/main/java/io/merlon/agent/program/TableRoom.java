package io.merlon.agent.program;

/** For how many flows and fragments the kernel's tables have room. */
public record TableRoom(long flows4, long flows6, long fragments4, long fragments6) {}
