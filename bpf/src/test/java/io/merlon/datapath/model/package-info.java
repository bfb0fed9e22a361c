/**
 * A second opinion on every packet: the rules of the datapath, written again in plain Java from
 * their description. It shares no code, no table layout and no shortcut with the kernel's programs,
 * and prefers the obvious to the fast.
 *
 * <p>{@link io.merlon.datapath.model.Parser} turns bytes into a {@link
 * io.merlon.datapath.model.Datagram}, {@link io.merlon.datapath.model.Judge} walks the steps,
 * {@link io.merlon.datapath.model.PolicyBook} answers what policy says, {@link
 * io.merlon.datapath.model.FlowTable} remembers.
 */
package io.merlon.datapath.model;
