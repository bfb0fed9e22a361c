package io.merlon.agent.config;

/**
 * How many entries the kernel's maps have room for, of each family where there are two.
 *
 * @param tableWords of eight bytes, for all verdict tables
 */
public record MapSizes(
    int endpoints,
    int addresses,
    int cidrs,
    int services,
    int flows,
    int tableWords,
    int counters) {}
