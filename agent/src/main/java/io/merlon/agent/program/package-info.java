/**
 * From plan steps to the kernel's maps, programs and links, and back again after a restart. See
 * docs/design/program.md.
 *
 * <p>{@link io.merlon.agent.program.Datapath} is what the loop sees; {@link
 * io.merlon.agent.program.LibbpfDatapath} is the kernel's. No other room but the lab touches
 * libbpf.
 */
package io.merlon.agent.program;
