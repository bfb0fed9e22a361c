package io.merlon.agent.config;

/** How programs are put at interfaces. */
public enum AttachBy {
  /** Whatever is there first: a filter for a new interface, then a link, where links are known. */
  BEST,
  /** Links only: Linux 6.6 and newer. */
  TCX,
  /** Filters of a clsact qdisc only. */
  CLSACT
}
