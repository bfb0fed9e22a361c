package io.merlon.datapath.model;

import io.merlon.datapath.harness.Code;

/** What a frame turned out to be. */
sealed interface Parsed {
  /** Address resolution: always passes. */
  record Arp() implements Parsed {}

  /** An ethertype nobody here reads. */
  record Foreign() implements Parsed {}

  /** It contradicts itself, or hides what policy has to know. */
  record Malformed(Code reason) implements Parsed {}

  /** An IP packet. */
  record Ip(Datagram datagram) implements Parsed {}
}
