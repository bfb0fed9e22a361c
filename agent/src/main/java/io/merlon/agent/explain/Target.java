package io.merlon.agent.explain;

/** Where a connection ends up: one pod or address, and the port it listens on. */
public record Target(End end, PortSpec port) {}
