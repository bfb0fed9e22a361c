/**
 * From compiled policy to the kernel's maps: the only room that touches libbpf. It encodes tables,
 * hands out places in the arena and among the counters, and says afterwards what a counter means.
 */
package io.merlon.agent.program;
