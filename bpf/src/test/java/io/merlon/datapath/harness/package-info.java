/**
 * What a packet test can do to a datapath, whatever it is made of: the interface {@link
 * io.merlon.datapath.harness.PacketTarget} and the plain values it speaks in. The independent model
 * and the kernel's programs both implement it, so that one story and one fuzz sequence run on both.
 */
package io.merlon.datapath.harness;
