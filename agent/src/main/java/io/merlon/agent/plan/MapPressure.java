package io.merlon.agent.plan;

/**
 * A state does not fit into the kernel.
 *
 * @param map which of the maps is too small
 * @param needed how many entries, or words, it would have to hold at the worst moment
 */
public record MapPressure(String map, long needed, long capacity) {}
