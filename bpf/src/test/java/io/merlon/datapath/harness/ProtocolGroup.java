package io.merlon.datapath.harness;

/** The protocols a port can be said of, and all the others together. */
public enum ProtocolGroup {
  TCP,
  UDP,
  SCTP,
  OTHER
}
