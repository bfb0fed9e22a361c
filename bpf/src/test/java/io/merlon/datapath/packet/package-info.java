/**
 * Packets made by hand: every header the datapath reads, in every order, and every way of getting
 * one wrong. A {@link io.merlon.datapath.packet.Packet} is right in lengths and checksums until an
 * edit says otherwise; edits are applied last.
 */
package io.merlon.datapath.packet;
